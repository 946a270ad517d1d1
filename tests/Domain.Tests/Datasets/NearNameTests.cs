using GpuGeek.Domain.Datasets;

namespace GpuGeek.Domain.Tests.Datasets;

public sealed class ClassNamesThatNearlyMatch
{
    [Theory]
    [InlineData("Rose", "rose")]
    [InlineData("roses", "rose")]
    [InlineData("rose", "roses")]
    [InlineData("boxes", "box")]
    [InlineData("sun_flower", "Sun flower")]
    [InlineData("sunflower", "sun-flower")]
    [InlineData("tulpi", "tulip")]
    [InlineData("dandelon", "dandelion")]
    [InlineData("dandelionn", "dandelion")]
    [InlineData("dondelion", "dandelion")]
    [InlineData("Rosé ", "rose")]
    [InlineData("ＲＯＳＥ", "rose")]
    public void Are_found(string name, string other) => Assert.Equal(other, NearNames.Find(name, ["fern", other, "lily"]));

    [Theory]
    [InlineData("cat", "car")]
    [InlineData("type 1", "type 2")]
    [InlineData("class10", "class1")]
    [InlineData("rose", "tulip")]
    [InlineData("a", "as")]
    [InlineData("+", "-")]
    [InlineData("玫瑰", "玫红")]
    [InlineData("not broken", "broken")]
    public void Are_not_those_of_different_things(string name, string other) => Assert.Null(NearNames.Find(name, [other]));

    [Fact]
    public void Are_the_nearest_of_several_and_never_the_name_itself()
    {
        Assert.Equal("Rose", NearNames.Find("rose", ["rosse", "roses", "rose", "Rose"]));
        Assert.Null(NearNames.Find("rose", ["rose"]));
        Assert.Null(NearNames.Find("rose", []));
    }
}
