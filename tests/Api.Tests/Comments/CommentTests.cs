using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Comments;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Comments;

public sealed class AComment(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Owner, Guid Run)> WithRunAsync()
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        return (owner, (await owner.StartRunAsync(version.Id)).Id);
    }

    private static Task<CommentResponse> SayAsync(TenantSession session, Guid run, string text) =>
        session.Client.CreateRunCommentAsync(session.Org, run, new() { Text = text }, Cancel);

    private static async Task<int> UnreadAsync(TenantSession session) =>
        (await session.Client.CountUnreadMentionsAsync(session.Org, Cancel)).Count;

    private static async Task<string?> CodeAsync(Func<Task> call) => (await Answers.RefusedAsync(call)).Code;

    [Fact]
    public async Task Keeps_its_lines_and_what_looks_like_markup()
    {
        var (owner, run) = await WithRunAsync();
        var said = await SayAsync(owner, run, "  <b>Why?</b>\r\n\r\n<script>alert(1)</script> & @nobody \n");
        Assert.Equal("<b>Why?</b>\n\n<script>alert(1)</script> & @nobody", said.Text);
        Assert.Empty(said.Mentions);
        Assert.Equivalent(said, (await owner.Client.ListRunCommentsAsync(owner.Org, run, ct: Cancel)).Items.Single());
        Assert.Equivalent(said, await owner.Client.GetCommentAsync(owner.Org, said.Id, Cancel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4001)]
    public async Task Has_one_to_4000_characters(int length)
    {
        var (owner, run) = await WithRunAsync();
        Assert.Equal(4000, (await SayAsync(owner, run, new string('x', 4000))).Text.Length);
        Assert.Equal(HttpStatusCode.BadRequest, (await Answers.RefusedAsync(() => SayAsync(owner, run, new string('x', length)))).Status);
    }

    [Fact]
    public async Task Can_be_made_by_a_viewer_changed_by_its_author_and_deleted_by_an_admin()
    {
        var (owner, run) = await WithRunAsync();
        var (viewer, admin) = (await _app.JoinAsync(owner, Role.Viewer), await _app.JoinAsync(owner, Role.Admin));
        var said = await SayAsync(viewer, run, "First");
        Assert.Equal(
            "not_yours",
            await CodeAsync(() => owner.Client.UpdateCommentAsync(owner.Org, said.Id, new() { Text = "Mine" }, Cancel))
        );
        var changed = await viewer.Client.UpdateCommentAsync(owner.Org, said.Id, new() { Text = "Second" }, Cancel);
        Assert.Equal(("Second", true), (changed.Text, changed.EditedAt > said.CreatedAt));
        var his = await SayAsync(owner, run, "The owner's");
        Assert.Equal("not_yours", await CodeAsync(() => viewer.Client.DeleteCommentAsync(owner.Org, his.Id, Cancel)));
        await admin.Client.DeleteCommentAsync(owner.Org, said.Id, Cancel);
        await admin.Client.DeleteCommentAsync(owner.Org, said.Id, Cancel);
        Assert.Equal([his.Id], (await viewer.Client.ListRunCommentsAsync(owner.Org, run, ct: Cancel)).Items.Select(c => c.Id));
        Assert.Single((await owner.Client.ListAuditAsync(owner.Org, "comment.delete", ct: Cancel)).Items);
    }

    [Fact]
    public async Task Tells_a_member_whom_it_names_once_until_read()
    {
        var (owner, run) = await WithRunAsync();
        var (ann, bob) = (await _app.JoinAsync(owner, Role.Viewer), await _app.JoinAsync(owner, Role.Editor));
        var stranger = await _app.RegisterAsync();
        var said = await SayAsync(
            owner,
            run,
            $"@{ann.Email} and @{ann.Email.ToUpperInvariant()}: ask @{stranger.Email}, not @{owner.Email}"
        );
        Assert.Equal(
            [
                0,
                said.Text.IndexOf("@P", StringComparison.Ordinal),
                said.Text.LastIndexOf('@') - owner.Email.IndexOf('@', StringComparison.Ordinal) - 1,
            ],
            said.Mentions.Select(m => m.Start)
        );
        Assert.Equal((1, 0, 0), (await UnreadAsync(ann), await UnreadAsync(bob), await UnreadAsync(owner)));
        var told = (await ann.Client.ListMentionsAsync(owner.Org, ct: Cancel)).Items.Single();
        Assert.Equal((said.Id, run, "flowers", null), (told.Comment.Id, told.Run, told.Project, told.ReadAt));
        Assert.Equal(0, (await bob.Client.ReadMentionsAsync(owner.Org, new() { Mention = told.Id }, Cancel)).Count);
        Assert.Equal(1, await UnreadAsync(ann));
        Assert.Equal(0, (await ann.Client.ReadMentionsAsync(owner.Org, new() { Mention = told.Id }, Cancel)).Count);
        Assert.NotNull((await ann.Client.ListMentionsAsync(owner.Org, ct: Cancel)).Items.Single().ReadAt);
    }

    [Fact]
    public async Task Changed_tells_who_is_new_in_it_and_forgets_who_is_not_named_any_more()
    {
        var (owner, run) = await WithRunAsync();
        var (ann, bob) = (await _app.JoinAsync(owner, Role.Viewer), await _app.JoinAsync(owner, Role.Viewer));
        var said = await SayAsync(owner, run, $"@{ann.Email} look");
        await owner.Client.UpdateCommentAsync(owner.Org, said.Id, new() { Text = $"@{ann.Email} @{bob.Email} look" }, Cancel);
        Assert.Equal((1, 1), (await UnreadAsync(ann), await UnreadAsync(bob)));
        await owner.Client.UpdateCommentAsync(owner.Org, said.Id, new() { Text = $"@{bob.Email} look" }, Cancel);
        Assert.Equal((0, 1), (await UnreadAsync(ann), await UnreadAsync(bob)));
        await owner.Client.DeleteCommentAsync(owner.Org, said.Id, Cancel);
        Assert.Empty((await bob.Client.ListMentionsAsync(owner.Org, ct: Cancel)).Items);
    }

    [Fact]
    public async Task Belongs_to_the_thing_it_was_made_on()
    {
        var (owner, dataset, version) = await _app.RegisterWithVersionAsync();
        var model = await owner.AddModelVersionAsync(version.Id);
        var ann = await _app.JoinAsync(owner, Role.Viewer);
        await SayAsync(owner, model.RunId, "On the run");
        await owner.Client.CreateVersionCommentAsync(
            owner.Org,
            dataset.Id,
            version.Id,
            new() { Text = $"On the data @{ann.Email}" },
            Cancel
        );
        await owner.Client.CreateModelCommentAsync(owner.Org, "flowers", 1, new() { Text = $"On the model @{ann.Email}" }, Cancel);
        Assert.Equal("On the run", (await owner.Client.ListRunCommentsAsync(owner.Org, model.RunId, ct: Cancel)).Items.Single().Text);
        Assert.StartsWith(
            "On the data",
            (await owner.Client.ListVersionCommentsAsync(owner.Org, dataset.Id, version.Id, ct: Cancel)).Items.Single().Text,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "On the model",
            (await owner.Client.ListModelCommentsAsync(owner.Org, "flowers", 1, ct: Cancel)).Items.Single().Text,
            StringComparison.Ordinal
        );
        var mentions = (await ann.Client.ListMentionsAsync(owner.Org, ct: Cancel)).Items;
        Assert.Equal(
            [("flowers v1", 1), ("flowers5 v1", 1)],
            mentions.Select(m => (m.Name, m.ModelVersion?.Version ?? m.DatasetVersion!.Number))
        );
        Assert.Equal(2, await UnreadAsync(ann));
        Assert.Equal(0, (await ann.Client.ReadMentionsAsync(owner.Org, new(), Cancel)).Count);
    }

    [Fact]
    public async Task Goes_with_the_run_and_stays_when_its_author_leaves()
    {
        var (owner, run) = await WithRunAsync();
        var ann = await _app.JoinAsync(owner, Role.Editor);
        var said = await SayAsync(ann, run, "So long");
        await owner.Client.RemoveMemberAsync(owner.Org, said.Author, Cancel);
        Assert.Equal(said.AuthorName, (await owner.Client.GetCommentAsync(owner.Org, said.Id, Cancel)).AuthorName);
        Assert.Equal("not_found", await CodeAsync(() => ann.Client.UpdateCommentAsync(owner.Org, said.Id, new() { Text = "x" }, Cancel)));
        await owner.Client.CancelRunAsync(owner.Org, run, Cancel);
        await owner.Client.DeleteRunAsync(owner.Org, run, Cancel);
        Assert.Equal("not_found", await CodeAsync(() => owner.Client.GetCommentAsync(owner.Org, said.Id, Cancel)));
    }

    [Fact]
    public async Task Is_read_page_by_page_and_never_written_over_by_who_has_not_seen_it()
    {
        var (owner, run) = await WithRunAsync();
        for (var i = 0; i < 5; i++)
            await SayAsync(owner, run, $"{i}");
        using var first = await owner.Http.GetAsync(new Uri(owner.At($"runs/{run}/comments?limit=3"), UriKind.Relative), Cancel);
        var page = (
            await first.Content.ReadFromJsonAsync<Contracts.Common.Page<CommentResponse>>(Contracts.Client.GpuGeekClient.Json, Cancel)
        )!;
        Assert.Equal(["4", "3", "2"], page.Items.Select(c => c.Text));
        Assert.Equal(["1", "0"], (await owner.Client.ListRunCommentsAsync(owner.Org, run, page.Next, Cancel)).Items.Select(c => c.Text));
        using var request = new HttpRequestMessage(HttpMethod.Patch, owner.At($"comments/{page.Items[0].Id}"))
        {
            Content = JsonContent.Create(new { text = "x" }),
            Headers = { { "If-Match", "\"old\"" } },
        };
        using var refused = await owner.Http.SendAsync(request, Cancel);
        Assert.Equal("precondition_failed", await refused.CodeAsync(HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task Leaves_in_the_audit_that_it_was_made_and_not_what_it_said()
    {
        var (owner, run) = await WithRunAsync();
        await SayAsync(owner, run, "between us");
        var entry = (await owner.Client.ListAuditAsync(owner.Org, "run_comment.create", ct: Cancel)).Items.Single();
        Assert.Equal("""{"characters": 10}""", entry.Detail);
    }
}
