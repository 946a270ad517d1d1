using GpuGeek.Contracts.Client;

namespace GpuGeek.Web.Clients;

/// <summary>An archive that this browser is sending (<c>js/uploads.js</c>).</summary>
/// <param name="Id">Of its import.</param>
/// <param name="Sent">Bytes of <paramref name="Size"/> that the server has.</param>
/// <param name="Speed">Bytes per second; 0: unknown.</param>
/// <param name="State"><c>sending</c>; <c>waiting</c> for the connection; <c>failed</c>.</param>
/// <param name="Problem">Why it failed; null: the browser could not load what it needs.</param>
public sealed record BrowserUpload(
    Guid Id,
    string Org,
    string Project,
    Guid Dataset,
    string Name,
    long Size,
    long Sent,
    double Speed,
    string State,
    ApiProblem? Problem
)
{
    public bool HasFailed => State == "failed";
    public double Share => Size == 0 ? 0 : (double)Sent / Size;
}

/// <summary>An upload that the browser may start.</summary>
/// <param name="Url">Where its bytes go.</param>
public sealed record UploadOffer(Guid Id, string Org, string Project, Guid Dataset, string Name, string Url);

/// <summary>What this browser tab is sending: the frame shows it on every page. One per circuit.</summary>
public sealed class BrowserUploads
{
    public IReadOnlyList<BrowserUpload> All { get; private set; } = [];

    /// <summary>The listener calls <c>InvokeAsync(StateHasChanged)</c>.</summary>
    public event Action? Changed;

    /// <summary>The server has all bytes.</summary>
    public event Action<BrowserUpload>? Ended;

    public bool Has(Guid import) => All.Any(u => u.Id == import && !u.HasFailed);

    public void Show(IReadOnlyList<BrowserUpload> uploads)
    {
        All = uploads;
        Changed?.Invoke();
    }

    public void End(BrowserUpload upload) => Ended?.Invoke(upload);
}
