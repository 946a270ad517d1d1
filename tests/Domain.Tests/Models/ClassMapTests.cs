using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Tests.Models;

public sealed class AMapOfClasses
{
    private static readonly string[] OfModel = ["cat", "dog"];

    [Fact]
    public void Needs_no_word_for_equal_names_and_asks_for_the_others()
    {
        Assert.Equal([1, 0, null], ClassMap.Resolve(["dog", "cat", "Dog"], OfModel, new Dictionary<string, string>()));
    }

    [Fact]
    public void Renames_merges_and_leaves_out()
    {
        var map = new Dictionary<string, string>
        {
            ["puppy"] = "dog",
            ["cat"] = "dog",
            ["fox"] = ClassMap.LeftOut,
            ["dog"] = ClassMap.LeftOut,
        };
        Assert.Equal([1, 1, ClassMap.NoClass, ClassMap.NoClass], ClassMap.Resolve(["puppy", "cat", "fox", "dog"], OfModel, map));
    }

    [Fact]
    public void Has_one_key_for_one_meaning()
    {
        Dictionary<string, string> one = new() { ["a"] = "cat", ["b"] = "" };
        Dictionary<string, string> same = new() { ["b"] = "", ["a"] = "cat" };
        Dictionary<string, string> other = new() { ["a"] = "", ["b"] = "cat" };
        Assert.Equal(ClassMap.KeyOf(one), ClassMap.KeyOf(same));
        Assert.Empty(ClassMap.Shortest(null));
        Assert.NotEqual(ClassMap.KeyOf(one), ClassMap.KeyOf(other));
        Assert.Equal("", ClassMap.KeyOf(ClassMap.Shortest(new Dictionary<string, string?> { ["cat"] = "cat", ["dog"] = null })));
    }
}
