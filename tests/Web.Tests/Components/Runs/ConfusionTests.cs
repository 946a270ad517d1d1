using Bunit;
using GpuGeek.Contracts.Runs;
using GpuGeek.Web.Components.Pages.Runs;

namespace GpuGeek.Web.Tests.Components.Runs;

public sealed class AConfusionMatrix() : Screen("en")
{
    /// <summary>Each class has ten pictures; of class i, i % 7 are taken for the next one.</summary>
    private static int[][] Of(int classes)
    {
        int[][] counts = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        for (var i = 0; i < classes; i++)
        {
            counts[i][i] = 10 - i % 7;
            counts[i][(i + 1) % classes] += i % 7;
        }
        return counts;
    }

    private IRenderedComponent<EvaluationCards> Shown(int[][] counts, bool canChoose = true)
    {
        string[] names = [.. Enumerable.Range(0, counts.Length).Select(i => $"class {i}")];
        return Render<EvaluationCards>(p =>
            p.Add(c => c.Classes, names)
                .Add(c => c.Confusion, counts)
                .Add(c => c.PerClass, [.. names.Select((n, i) => new ClassScoreResponse(n, 1, 1 - i % 7 / 10.0, 1 - i % 7 / 20.0, 10))])
                .Add(c => c.CellUrl, (label, predicted) => $"/{label}/{predicted}")
                .Add(c => c.CanChoose, canChoose)
        );
    }

    private static string[] Rows(IRenderedComponent<EvaluationCards> cards) =>
        [.. cards.FindAll(".matrix tbody th").Select(th => th.TextContent)];

    [Fact]
    public void Says_counts_or_shares_of_the_true_or_the_predicted_class()
    {
        var cards = Shown([
            [3, 1],
            [0, 1],
        ]);
        string[] Cells() => [.. cards.FindAll(".matrix tbody td").Select(td => td.TextContent.Trim())];
        Assert.Equal(["3", "1", "0", "1"], Cells());
        Assert.Empty(cards.FindAll("[data-testid=partly]"));
        cards.Find(".card select").Change("row");
        Assert.Equal(["75%", "25%", "0", "100%"], Cells().Select(c => c.Replace(" ", "", StringComparison.Ordinal)));
        cards.Find(".card select").Change("column");
        Assert.Equal(["100%", "50%", "0", "50%"], Cells().Select(c => c.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal("/class 0/class 1", cards.FindAll(".matrix a")[1].GetAttribute("href"));
    }

    [Fact]
    public void Of_a_thousand_classes_shows_those_with_the_most_mistakes_and_any_that_is_looked_at()
    {
        var cards = Shown(Of(1000));
        Assert.Equal(25, Rows(cards).Length);
        Assert.Equal(25 * 25, cards.FindAll(".matrix tbody td").Count);
        Assert.Equal("The 25 of 1,000 classes with the most mistakes.", cards.Find("[data-testid=partly]").TextContent);
        cards.Find("input[type=search]").Change("Class 502");
        // 502 % 7 is 5: five are taken for 503, and four of 501 for it.
        Assert.Equal(["class 501", "class 502", "class 503"], Rows(cards));
        Assert.Equal("class 502 and the classes that it is confused with.", cards.Find("[data-testid=partly]").TextContent);
        cards.Find("input[type=search]").Change("");
        Assert.Equal(25, Rows(cards).Length);
        Assert.Equal("The 25 of 1,000 classes with the lowest F1.", cards.Find("[data-testid=worst]").TextContent);
        cards.FindAll("button").Single(b => b.TextContent == "Show all").Click();
        Assert.Equal(1000, cards.FindAll(".table tbody tr").Count);
    }

    [Fact]
    public void Asks_nothing_on_a_page_that_is_not_live()
    {
        var cards = Shown(Of(40), canChoose: false);
        Assert.Empty(cards.FindAll("select"));
        Assert.Empty(cards.FindAll("input"));
        Assert.Empty(cards.FindAll("button"));
        Assert.Equal(25, Rows(cards).Length);
    }
}
