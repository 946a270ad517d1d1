using GpuGeek.Contracts.Client;
using GpuGeek.Web.Accounts;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Components.Account;

/// <summary>A page with plain forms, rendered on the server without a circuit: it responds immediately, and password managers support
/// it.</summary>
public abstract class AccountPage : ComponentBase
{
    [Inject]
    protected GpuGeekClient Api { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    protected IStringLocalizer<Words> W { get; set; } = default!;

    [Inject]
    protected IStringLocalizer<AccountsText> T { get; set; } = default!;

    [Inject]
    private SignInFlow Flow { get; set; } = default!;

    [CascadingParameter]
    protected HttpContext Context { get; set; } = default!;

    protected Fault? Fault { get; private set; }

    /// <summary>Sends the form; an error is shown above it, and the entered values are kept.</summary>
    protected async Task<bool> TryAsync(Func<Task> work)
    {
        Fault = null;
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (Fault.Explains(e))
        {
            Fault = Fault.From(e, W);
            return false;
        }
    }

    /// <summary>Shows the error again after another request.</summary>
    private protected void Restore(Fault? fault) => Fault = fault;

    /// <summary>Sent with a password, so that others cannot lock out this browser.</summary>
    private protected string? Device => Flow.Device(Context);

    private protected void Enter(GpuGeek.Contracts.Accounts.SessionResponse session, string? returnUrl) =>
        Flow.Enter(Context, session, returnUrl);
}
