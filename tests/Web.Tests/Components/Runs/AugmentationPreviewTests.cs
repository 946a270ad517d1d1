using System.Net;
using System.Text;
using Bunit;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Recipes;
using GpuGeek.Web.Components.Pages.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Runs;

public sealed class ThePreviewOfAugmentation : Screen
{
    private const string Call = "POST orgs/acme/datasets/00000000-0000-0000-0000-000000000013/augmentation-preview";
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private readonly FakeApi _api = new();

    public ThePreviewOfAugmentation()
        : base("en")
    {
        _api.Person("editor").Answer(Call, Drawn("first"));
        Services.AddScoped(_ => _api.Client());
    }

    private static AugmentationPreviewResponse Drawn(string text) =>
        new([
            .. ((string[])["daisy", "rose"]).Select(name => new AugmentedPictureResponse(
                Guid.Empty,
                name,
                [.. Enumerable.Range(0, 4).Select(i => Encoding.UTF8.GetBytes($"{text} {name} {i}"))]
            )),
        ]);

    private static PartialRecipe With(double hue) => new() { Preset = "balanced", ["augmentation.hue"] = hue };

    private IRenderedComponent<AugmentationPreview> Open(PartialRecipe recipe, bool isFixed = false) =>
        Render<AugmentationPreview>(p =>
            p.Add(v => v.Org, "acme").Add(v => v.Dataset, Dataset).Add(v => v.Recipe, recipe).Add(v => v.Fixed, isFixed)
        );

    [Fact]
    public void Shows_each_version_of_each_picture()
    {
        var preview = Open(With(0.1));
        // Places for the pictures, until they are there.
        Assert.Equal(16, preview.FindAll(".pictures i").Count);
        preview.WaitForState(() => preview.FindAll("img").Count == 8);
        Assert.Equal("daisy, changed, version 1", preview.Find("img").GetAttribute("alt"));
        Assert.Equal("data:image/jpeg;base64," + Convert.ToBase64String("first daisy 0"u8), preview.Find("img").GetAttribute("src"));
        Assert.Contains("\"hue\":0.1", _api.Sent(Call), StringComparison.Ordinal);
    }

    [Fact]
    public void Is_drawn_once_when_a_slider_has_moved()
    {
        var clock = new Alarms();
        Services.AddSingleton<TimeProvider>(clock);
        var preview = Open(With(0.1));
        for (var hue = 2; hue < 10; hue++)
            preview.Render(p => p.Add(v => v.Recipe, With(hue / 20.0)));
        Assert.Empty(_api.Calls);
        clock.Ring();
        preview.WaitForState(() => preview.FindAll("img").Count == 8);
        Assert.Single(_api.Calls, Call);
        Assert.Contains("\"hue\":0.45", _api.Sent(Call), StringComparison.Ordinal);
        // A page that is drawn again for another reason asks for nothing.
        preview.Render(p => p.Add(v => v.Recipe, With(0.45)));
        clock.Ring();
        Assert.Single(_api.Calls, Call);
    }

    /// <summary>Time passes when a test says so.</summary>
    private sealed class Alarms : TimeProvider
    {
        private readonly List<Alarm> _set = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var alarm = new Alarm(() => callback(state));
            _set.Add(alarm);
            return alarm;
        }

        public void Ring()
        {
            foreach (var alarm in _set.Where(a => !a.IsOff).ToList())
                alarm.Ring();
        }
    }

    private sealed class Alarm(Action ring) : ITimer
    {
        public bool IsOff { get; private set; }

        public void Ring()
        {
            IsOff = true;
            ring();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => IsOff = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public void Keeps_its_pictures_and_says_why_there_are_no_newer_ones()
    {
        var preview = Open(With(0.1));
        preview.WaitForState(() => preview.FindAll("img").Count == 8);
        _api.Refuse(Call, HttpStatusCode.TooManyRequests, "too_many_previews", "Four are under way.");
        preview.Render(p => p.Add(v => v.Recipe, With(0.2)));
        preview.WaitForState(() => preview.Find("[role=status]").TextContent.Contains("Four are under way.", StringComparison.Ordinal));
        Assert.Equal(8, preview.FindAll("img").Count);
    }

    [Fact]
    public void Says_that_a_frozen_backbone_sees_fixed_views()
    {
        var preview = Open(new() { Preset = "fast" }, isFixed: true);
        Assert.Contains("fixed views", preview.Markup, StringComparison.Ordinal);
        Assert.Empty(_api.Calls);
    }

    [Fact]
    public void Says_that_there_is_no_picture()
    {
        _api.Answer(Call, new AugmentationPreviewResponse([]));
        var preview = Open(With(0.1));
        preview.WaitForState(() => preview.Find("[role=status]").TextContent.Contains("no picture to show", StringComparison.Ordinal));
        Assert.Empty(preview.FindAll(".pictures i"));
    }
}
