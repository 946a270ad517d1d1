using GpuGeek.Contracts.Tenants;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Components.Pages.Tenants;

public sealed partial class MembersPage
{
    /// <summary>From the fewest rights to all.</summary>
    private static readonly string[] Roles = ["viewer", "editor", "admin", "owner"];

    private IReadOnlyList<MemberResponse>? _members;
    private IReadOnlyList<InvitationResponse> _invitations = [];
    private MemberResponse? _leaving;
    private bool _inviting;

    /// <summary>Selected in the list but not saved yet.</summary>
    private (MemberResponse Member, string Role)? _pending;

    /// <summary>A dialog asks to confirm <see cref="_pending"/>.</summary>
    private bool _confirming;

    /// <summary>Confirms that the last change was saved.</summary>
    private string? _saved;

    [Parameter]
    public string Org { get; set; } = "";

    private bool MayInvite => Workspace.MayAdminister(Org);
    private bool IsOwner => Workspace.Owns(Org);
    private string[] Grantable => IsOwner ? Roles : Roles[..3];
    private string OrgName => Workspace.Membership(Org)?.Name ?? Org;

    private string LeaveTitle =>
        _leaving switch
        {
            null => "",
            { } member when IsMe(member) => T["LeaveTitle", OrgName],
            { } member => T["RemoveTitle", member.DisplayName],
        };

    private string RoleTitle =>
        _pending switch
        {
            null => "",
            var (member, role) when IsMe(member) => T["OwnRoleTitle", W["Role." + role]],
            var (member, _) => T["OwnerTitle", member.DisplayName],
        };

    private bool IsMe(MemberResponse member) => member.User == Workspace.Me?.User.Id;

    private bool MayChange(MemberResponse member) => IsOwner || (MayInvite && member.Role != "owner");

    private string Shown(MemberResponse member) => _pending is var (chosen, role) && chosen.User == member.User ? role : member.Role;

    protected override Task OnParametersSetAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        _members = (await Api.ListMembersAsync(Org, Gone)).Items;
        _invitations = MayInvite ? (await Api.ListInvitationsAsync(Org, Gone)).Items : [];
    }

    /// <summary>Saves the choice immediately, unless it takes rights from the current user or makes somebody an owner.</summary>
    private async Task ChooseAsync(MemberResponse member, string role)
    {
        // While a change is being saved, the list shows the real role.
        if (Busy || role == member.Role)
            return;
        Fault = null;
        _saved = null;
        _pending = (member, role);
        _confirming = role == "owner" || (IsMe(member) && Array.IndexOf(Roles, role) < Array.IndexOf(Roles, member.Role));
        if (!_confirming)
            await SaveRoleAsync();
    }

    private void KeepRole()
    {
        if (Busy)
            return;
        _pending = null;
        _confirming = false;
    }

    private async Task SaveRoleAsync()
    {
        if (_pending is not var (member, role))
            return;
        var saved = await TryAsync(() => Api.UpdateMemberAsync(Org, member.User, new() { Role = role }, Gone));
        KeepRole();
        if (saved)
            _saved = IsMe(member) ? T["OwnRoleSaved", W["Role." + role]] : T["RoleSaved", member.DisplayName, W["Role." + role]];
        if (saved && IsMe(member))
            await Workspace.LoadAsync(Gone);
        await LoadAsync();
    }

    private async Task RevokeAsync(InvitationResponse invitation)
    {
        if (await TryAsync(() => Api.RevokeInvitationAsync(Org, invitation.Id, Gone)))
            await LoadAsync();
    }

    private void Ask(MemberResponse member)
    {
        Fault = null;
        _saved = null;
        _leaving = member;
    }

    private void Stay()
    {
        Fault = null;
        _leaving = null;
    }

    private async Task RemoveAsync()
    {
        var member = _leaving!;
        if (!await TryAsync(() => Api.RemoveMemberAsync(Org, member.User, Gone)))
            return;
        _leaving = null;
        // The person can no longer open any page of the organisation: start again on one where they are a member.
        if (IsMe(member))
            Navigation.NavigateTo("/", forceLoad: true);
        else
            await LoadAsync();
    }
}
