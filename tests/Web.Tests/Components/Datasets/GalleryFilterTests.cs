using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Web.Components.Pages.Datasets;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Datasets;

public sealed class AGalleryThatIsFiltered() : Screen("en")
{
    private static readonly Guid Dataset = Guid.Parse("00000000-0000-0000-0000-000000000013");
    private static readonly MemberResponse Ann = new(Guid.Parse("00000000-0000-0000-0000-000000000021"), "Ann", "a@b.c", "editor", default);
    private static readonly MemberResponse Bob = new(Guid.Parse("00000000-0000-0000-0000-000000000022"), "Bob", "b@b.c", "editor", default);
    private readonly List<GalleryView> _asked = [];

    private IRenderedComponent<Gallery> Shown(ImageFilter filter)
    {
        var api = new FakeApi()
            .Person("viewer")
            .Answer($"GET orgs/acme/datasets/{Dataset}/images/count", new ImageCountResponse(0, false))
            .Answer($"GET orgs/acme/datasets/{Dataset}/images", new Page<ImageResponse>([], null));
        Services.AddScoped(_ => api.Client());
        return Render<Gallery>(p =>
            p.Add(g => g.Org, "acme")
                .Add(g => g.Dataset, Dataset)
                .Add(g => g.View, new(filter))
                .Add(g => g.Viewed, _asked.Add)
                .Add(g => g.People, [Ann, Bob])
        );
    }

    [Fact]
    public void Asks_for_a_name_or_a_split_and_keeps_the_rest()
    {
        var gallery = Shown(new("rose", "test", "a"));
        gallery.Find("input[type=search]").Change("  b ");
        gallery.Find("select").Change("none");
        gallery.Find("select").Change("");
        gallery.Find("input[type=search]").Change(" ");
        gallery.FindAll("select")[1].Change("7");
        gallery.FindAll("select")[2].Change(Bob.User.ToString());
        gallery.FindAll("select")[3].Change("-size");
        gallery.FindAll("select")[4].Change("large");
        Assert.Equal(
            [
                new(new("rose", "test", "b")),
                new(new("rose", "none", "a")),
                new(new("rose", null, "a")),
                new(new("rose", "test", null)),
                new(new("rose", "test", "a"), Days: 7),
                new(new("rose", "test", "a", AddedBy: Bob.User)),
                new(new("rose", "test", "a"), "-size"),
                new(new("rose", "test", "a"), null, "large"),
            ],
            _asked
        );
    }

    [Fact]
    public void Says_when_nothing_matches()
    {
        var gallery = Shown(new(null, "test", "xyz"));
        gallery.WaitForAssertion(() => Assert.Contains("No pictures match.", gallery.Markup, StringComparison.Ordinal));
        Assert.Equal("xyz", gallery.Find("input[type=search]").GetAttribute("value"));
        Assert.Equal("test", gallery.Find("option[selected]").GetAttribute("value"));
    }
}
