using GpuGeek.Domain.Deployments;

namespace GpuGeek.Domain.Tests.Deployments;

public sealed class ThePredictorsOfADeployment
{
    private static readonly Dictionary<string, long> Bytes = new() { ["a"] = 300, ["b"] = 200 };

    [Theory]
    [InlineData("", 1, "a b c", "c")]
    [InlineData("", 2, "a b c", "c b")]
    [InlineData("", 3, "a b", "b a")]
    [InlineData("a", 1, "a b c", "a")]
    [InlineData("a", 2, "a b c", "a c")]
    [InlineData("a b c", 1, "a b c", "c")]
    public void Are_the_emptiest_ones_and_stay_where_they_are(string present, int replicas, string usable, string chosen) =>
        Assert.Equal(Words(chosen), PredictorChoice.Choose(Words(present), replicas, Words(usable), Bytes));

    [Theory]
    [InlineData("a", 1, "b", "b")]
    [InlineData("a b", 2, "b", "b")]
    [InlineData("x", 1, "a", "a")]
    public void Are_others_if_one_is_lost_or_not_configured_any_more(string present, int replicas, string usable, string chosen) =>
        Assert.Equal(Words(chosen), PredictorChoice.Choose(Words(present), replicas, Words(usable), Bytes));

    [Theory]
    [InlineData("a", 1, "a b")]
    [InlineData("a b", 2, "a b c")]
    [InlineData("a b", 3, "a b")]
    [InlineData("a", 2, "")]
    [InlineData("a", 2, "a b")]
    [InlineData("a b", 1, "a b")]
    [InlineData("a", 1, "b")]
    [InlineData("", 1, "a")]
    public void Fit_if_the_choice_would_be_the_same(string present, int replicas, string usable) =>
        Assert.Equal(
            PredictorChoice.Choose(Words(present), replicas, Words(usable), Bytes).ToHashSet().SetEquals(Words(present)),
            PredictorChoice.Fits(Words(present), replicas, Words(usable))
        );

    [Fact]
    public void Do_not_change_while_none_answers() => Assert.Equal(["a"], PredictorChoice.Choose(["a"], 2, [], Bytes));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
