using System.Net;
using System.Text.Json.Nodes;
using Bunit;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class APictureThatIsRelabelled() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly ImageResponse Rose = new(
        Guid.Parse("00000000-0000-0000-0000-000000000014"),
        "rose",
        null,
        "1.png",
        "png",
        24,
        20,
        99,
        "sha256:" + new string('a', 64),
        "/thumbnail",
        "/content",
        new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)
    );
    private static readonly string Picture = $"orgs/acme/datasets/{Dataset}/images/{Rose.Id}";
    private static readonly string Call = $"PATCH {Picture}";
    private ImageResponse _stored = Rose;
    private readonly FakeApi _api = new FakeApi().Person("editor");
    private ImageResponse? _now;

    private IRenderedComponent<ImageDialog> Opened(bool mayEdit)
    {
        _api.Answer($"GET {Picture}", _stored, "\"1\"");
        Services.AddScoped(_ => _api.Client());
        return Render<ImageDialog>(p =>
            p.Add(d => d.Org, "acme")
                .Add(d => d.Dataset, Dataset)
                .Add(d => d.Image, Rose)
                .Add(d => d.ClassNames, ["daisy", "rose"])
                .Add(d => d.MayEdit, mayEdit)
                .Add(d => d.Changed, now => _now = now)
        );
    }

    [Theory]
    [InlineData("Class", "class", "daisy")]
    [InlineData("Split", "split", "test")]
    [InlineData("Group", "group", "garden")]
    public void Is_saved_as_soon_as_it_is_chosen(string label, string field, string value)
    {
        _api.Answer(Call, Rose with { Class = "daisy", Split = "test", Group = "garden" });
        var dialog = Opened(mayEdit: true);
        dialog.Find($"[aria-label={label}]").Change(value);
        dialog.WaitForAssertion(() => Assert.Equal("garden", _now?.Group));
        var sent = JsonNode.Parse(_api.Sent(Call))!.AsObject();
        Assert.Equal(value, (string)sent[field]!);
        Assert.DoesNotContain(sent, other => other.Key != field && other.Value is not null);
    }

    [Fact]
    public void Keeps_its_label_where_the_server_refuses_and_says_why()
    {
        _api.Refuse(Call, HttpStatusCode.UnprocessableEntity, "unknown_class", "The dataset has no class 'daisy'.");
        var dialog = Opened(mayEdit: true);
        dialog.Find("[aria-label=Class]").Change("daisy");
        dialog.WaitForAssertion(() => Assert.Contains("has no class 'daisy'", dialog.Markup, StringComparison.Ordinal));
        Assert.Equal("rose", dialog.Find("[aria-label=Class] option[selected]").GetAttribute("value"));
        Assert.Null(_now);
    }

    [Fact]
    public void Is_shown_as_somebody_else_has_left_it()
    {
        _stored = Rose with { Class = "daisy" };
        var dialog = Opened(mayEdit: true);
        dialog.WaitForAssertion(() => Assert.Equal("daisy", _now?.Class));
    }

    [Fact]
    public void Is_not_changed_over_what_somebody_else_has_chosen_meanwhile()
    {
        _api.Refuse(Call, HttpStatusCode.PreconditionFailed, "precondition_failed", "Somebody has changed it.");
        var dialog = Opened(mayEdit: true);
        _api.Answer($"GET {Picture}", Rose with { Split = "val" }, "\"2\"");
        dialog.Find("[aria-label=Class]").Change("daisy");
        dialog.WaitForAssertion(() =>
            Assert.Contains("Somebody has changed this picture meanwhile.", dialog.Markup, StringComparison.Ordinal)
        );
        Assert.Equal("\"1\"", _api.Header(Call, "If-Match"));
        Assert.Equal("val", _now?.Split);
        _api.Answer(Call, Rose with { Class = "daisy", Split = "val" }, "\"3\"");
        dialog.Find("[aria-label=Class]").Change("daisy");
        dialog.WaitForAssertion(() => Assert.Equal("daisy", _now?.Class));
        Assert.Equal("\"2\"", _api.Header(Call, "If-Match"));
    }

    [Fact]
    public void Is_only_shown_to_viewers()
    {
        var dialog = Opened(mayEdit: false);
        Assert.Empty(dialog.FindAll("select, input"));
        Assert.Contains("rose", dialog.Find(".facts").TextContent, StringComparison.Ordinal);
    }
}
