using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Projects;

namespace GpuGeek.Web.Clients;

/// <summary>State of the frame around every page: the person, and the projects of the current organisation. One per circuit.</summary>
public sealed class Workspace(GpuGeekClient api)
{
    private readonly Dictionary<string, IReadOnlyList<ProjectResponse>> _projects = new(StringComparer.Ordinal);

    private readonly Dictionary<string, int> _jobs = new(StringComparer.Ordinal);

    private readonly Dictionary<string, int> _unread = new(StringComparer.Ordinal);

    /// <summary>Raised when data shown by the frame have changed; the listener calls <c>InvokeAsync(StateHasChanged)</c>.</summary>
    public event Action? Changed;

    /// <summary>Null until <see cref="LoadAsync"/>, which the layout awaits before it shows a page.</summary>
    public MeResponse? Me { get; private set; }

    /// <summary>Reads the account of the session; fails with 401 as soon as the session has ended.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken = default) => Me = await api.GetMeAsync(cancellationToken);

    /// <summary>Never read, or something in it is changing.</summary>
    public bool IsStale(string org) => !_projects.TryGetValue(org, out var projects) || projects.Any(p => p.ActiveRuns > 0);

    public MembershipResponse? Membership(string org) => Me?.Organizations.FirstOrDefault(m => m.Slug == org);

    public bool MayEdit(string org) => Membership(org)?.Role is "editor" or "admin" or "owner";

    public bool MayAdminister(string org) => Membership(org)?.Role is "admin" or "owner";

    public bool Owns(string org) => Membership(org)?.Role is "owner";

    /// <summary>As last read; empty before.</summary>
    public IReadOnlyList<ProjectResponse> Projects(string org) => _projects.GetValueOrDefault(org, []);

    /// <summary>Number of unread mentions, as last counted.</summary>
    public int UnreadMentions(string org) => _unread.GetValueOrDefault(org);

    /// <summary>Counts the unread mentions again.</summary>
    public async Task RefreshMentionsAsync(string org, CancellationToken cancellationToken = default)
    {
        var count = (await api.CountUnreadMentionsAsync(org, cancellationToken)).Count;
        var before = UnreadMentions(org);
        _unread[org] = count;
        if (count != before)
            Changed?.Invoke();
    }

    /// <summary>Number of jobs that wait or run, as last counted; at most a page of them.</summary>
    public int ActiveJobs(string org) => _jobs.GetValueOrDefault(org);

    public async Task RefreshJobsAsync(string org, CancellationToken cancellationToken = default) =>
        CountJobs(org, (await api.ListJobsAsync(org, "active", ct: cancellationToken)).Items.Count);

    /// <summary>A page has read the active jobs itself.</summary>
    public void CountJobs(string org, int active)
    {
        var before = ActiveJobs(org);
        _jobs[org] = active;
        if (active != before)
            Changed?.Invoke();
    }

    public ProjectResponse? Project(string org, string project) => Projects(org).FirstOrDefault(p => p.Slug == project);

    /// <summary>Reads the projects again; call it after any change that affects a project's tabs.</summary>
    public async Task<IReadOnlyList<ProjectResponse>> RefreshAsync(string org, CancellationToken cancellationToken = default)
    {
        var page = await api.ListProjectsAsync(org, cancellationToken);
        _projects[org] = page.Items;
        Changed?.Invoke();
        return page.Items;
    }

    /// <summary>Reads one project again.</summary>
    public async Task<ProjectResponse> RefreshAsync(string org, string project, CancellationToken cancellationToken = default)
    {
        var fresh = await api.GetProjectAsync(org, project, cancellationToken);
        var others = Projects(org);
        _projects[org] = others.Any(p => p.Slug == project) ? [.. others.Select(p => p.Slug == project ? fresh : p)] : [.. others, fresh];
        Changed?.Invoke();
        return fresh;
    }
}
