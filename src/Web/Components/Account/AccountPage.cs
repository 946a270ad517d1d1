using GpuGeek.Contracts.Client;
using GpuGeek.Web.Accounts;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace GpuGeek.Web.Components.Account;

/// <summary>A page of plain forms, drawn on the server without a circuit: it answers at once, and password managers understand
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

    /// <summary>Sends the form; what is refused is told above it, and nothing typed is lost.</summary>
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

    /// <summary>Shows again what was refused, after something else was asked meanwhile.</summary>
    private protected void Restore(Fault? fault) => Fault = fault;

    /// <summary>Goes with a password, so that strangers cannot lock this browser out.</summary>
    private protected string? Device => Flow.Device(Context);

    private protected void Enter(GpuGeek.Contracts.Accounts.SessionResponse session, string? returnUrl) =>
        Flow.Enter(Context, session, returnUrl);
}
