using GpuGeek.Web.Components.Layout;
using Microsoft.AspNetCore.Components;

namespace GpuGeek.Web.Tests.Components;

public sealed class AnAddressOfTheSiteItself
{
    /// <summary>Otherwise the frame would mistake the page's name for an organisation.</summary>
    [Fact]
    public void Is_known_to_the_frame()
    {
        var literal = typeof(OwnPages)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetCustomAttributes(typeof(RouteAttribute), false))
            .Cast<RouteAttribute>()
            .Select(r => r.Template.Trim('/').Split('/')[0])
            .Where(first => first.Length > 0 && first[0] != '{')
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(literal.Order(StringComparer.Ordinal), OwnPages.First.Order(StringComparer.Ordinal));
    }
}
