using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Runs;

namespace GpuGeek.Api.Tests.Models;

public sealed class TheFiguresOfAModelVersion(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>A picture of the planted model, whose classes are daisy and rose.</summary>
    private static TestPrediction Said(int picture, int label, float rose) =>
        new($"{picture:d64}", label, rose > 0.5f ? 1 : 0, [1 - rose, rose]);

    [Fact]
    public async Task Come_from_its_predictions_and_stand_beside_those_of_the_version_before()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var (client, org) = (session.Client, session.Org);
        await session.AddModelVersionAsync(version.Id, [Said(1, 0, 0.2f), Said(2, 0, 0.9f), Said(3, 1, 0.3f), Said(9, 1, 0.9f)]);
        await session.AddModelVersionAsync(version.Id, [Said(1, 0, 0.1f), Said(2, 0, 0.4f), Said(3, 1, 0.8f), Said(4, 1, 0.4f)]);
        var first = await client.GetFiguresAsync(org, Planted.Project, 1, ct: Cancel);
        Assert.Equal((4, null), (first.Pictures, first.Previous));
        var figures = await client.GetFiguresAsync(org, Planted.Project, 2, ct: Cancel);
        var top = Assert.Single(figures.Top);
        Assert.Equal((1, 0.75), (top.K, top.Accuracy));
        Assert.Equal(("rose", "daisy", 1), (figures.Confused[0].Label, figures.Confused[0].Predicted, figures.Confused[0].Count));
        Assert.Equal(["daisy", "rose"], figures.Classes.Select(c => c.Class));
        Assert.Equal(15, figures.After.Reliability.Count);
        // Two pictures were right only now; the fourth one had no test before.
        var previous = figures.Previous!;
        Assert.Equal((1, 3, 2, 0, 0.5), (previous.Version, previous.Common, previous.OnlyThis, previous.OnlyOther, previous.Probability));

        var curves = await client.GetClassCurvesAsync(org, Planted.Project, 2, "rose", ct: Cancel);
        Assert.Equal([0.8, 0.4, 0.1], curves.Points.Select(p => Math.Round(p.Threshold, 6)));
        Assert.Equal([0.5, 1, 1], curves.Points.Select(p => p.Recall));
        Assert.Equal([0, 0.5, 1], curves.Points.Select(p => p.FalsePositiveRate));
    }

    [Fact]
    public async Task Have_a_list_of_pictures_for_each_cell_of_the_confusion_matrix()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(version.Id, [Said(1, 0, 0.2f), Said(2, 0, 0.9f), Said(3, 1, 0.3f), Said(4, 1, 0.9f)]);
        async Task<string[]> OfAsync(string? label, string? predicted) =>
            [
                .. (
                    await session.Client.ListTestPredictionsAsync(session.Org, Planted.Project, 1, 60, label, predicted, ct: Cancel)
                ).Items.Select(p => p.Hash[^1..]),
            ];
        Assert.Equal(["2"], await OfAsync("daisy", "rose"));
        Assert.Equal(["4"], await OfAsync("rose", "rose"));
        Assert.Equal(["2", "1"], await OfAsync("daisy", null));
        Assert.Empty(await OfAsync("tulip", "rose"));
    }

    [Fact]
    public async Task Are_refused_for_a_class_or_a_version_that_is_none()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(version.Id, [Said(1, 0, 0.2f)]);
        var unknown = await Assert.ThrowsAsync<ApiException>(() =>
            session.Client.GetClassCurvesAsync(session.Org, Planted.Project, 1, "tulip", ct: Cancel)
        );
        Assert.Equal("unknown_class", unknown.Problem.Code);
        unknown = await Assert.ThrowsAsync<ApiException>(() =>
            session.Client.GetFiguresAsync(session.Org, Planted.Project, 1, 9, ct: Cancel)
        );
        Assert.Equal("unknown_model_version", unknown.Problem.Code);
    }
}
