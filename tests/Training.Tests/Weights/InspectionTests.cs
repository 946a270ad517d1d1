using GpuGeek.Domain.Models;
using GpuGeek.Domain.Weights;
using GpuGeek.TestSupport;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Models;
using GpuGeek.Training.Tests.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class TheReportOnAWeightsFile : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Target => _folder.File("w");

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("resnet18"), InlineData("mobilenet_v3_small"), InlineData("deit_tiny_patch16_224"), InlineData("squeezenet1_1")]
    public void Names_the_network_that_the_file_belongs_to(string name)
    {
        Write(name, 12);
        var report = WeightsInspection.Inspect(Target, null);
        Assert.Equal((name, 12, true), (report.Architecture, report.Classes, report.Fits));
        Assert.Equal(report.Groups.Length, report.FittingGroups);
        Assert.Equal((WeightsFormats.Safetensors, "float32"), (report.Format, Assert.Single(report.Types)));
        Assert.Equal(ModelRegistry.Build(name, 12, 224).Parameters.Sum(p => p.Count), report.Numbers);
    }

    [Fact]
    public void Says_what_is_missing_left_over_and_of_another_shape_and_how_far_it_fits()
    {
        Write(
            "resnet18",
            12,
            tensors =>
            {
                tensors.Remove("layer3.0.conv1.weight");
                tensors["layer4.0.bn1.weight"] = [5];
                tensors["strange"] = [2];
            }
        );
        var report = WeightsInspection.Inspect(Target, "resnet18");
        Assert.False(report.Fits);
        Assert.Equal(["layer3.0.conv1.weight"], report.Missing);
        Assert.Equal(["strange"], report.Unexpected);
        var mismatch = Assert.Single(report.Mismatched);
        Assert.Equal("layer4.0.bn1.weight", mismatch.Name);
        Assert.Equal([512], mismatch.Network);
        Assert.Equal([5], mismatch.File);
        Assert.Equal("layer3", report.Groups[report.FittingGroups].Name);
        Assert.Equal(report.Groups[report.FittingGroups].Tensors - 1, report.Groups[report.FittingGroups].Fitting);
    }

    [Fact]
    public void Counts_more_than_it_lists()
    {
        Write(
            "resnet18",
            12,
            tensors =>
            {
                for (var i = 0; i < 300; i++)
                    tensors[$"strange.{i}"] = [1];
            }
        );
        var report = WeightsInspection.Inspect(Target, "resnet18");
        Assert.Equal((300, WeightsReport.MaxListed), (report.UnexpectedCount, report.Unexpected.Length));
    }

    [Fact]
    public void Shows_names_of_the_file_without_what_steers_a_terminal_and_no_longer_than_they_are_read()
    {
        Write(
            "resnet18",
            12,
            tensors =>
            {
                tensors["a\0b\u001b[2J"] = [1];
                tensors[new string('z', 3000)] = [1];
            }
        );
        var report = WeightsInspection.Inspect(Target, "resnet18");
        Assert.Equal(["a?b?[2J", new string('z', 200) + "…"], report.Unexpected);
        TorchFiles.Save(Target, ("x\0" + new string('y', 3000), [1], [float.NaN]));
        var refused = Assert.Throws<WeightsException>(() => WeightsInspection.Inspect(Target, null));
        Assert.Equal("weights_not_finite", refused.Code);
        Assert.StartsWith("'x?yyy", refused.Message, StringComparison.Ordinal);
        Assert.True(refused.Message.Length <= 1001);
    }

    [Fact]
    public void Compares_with_the_network_that_is_asked_for_even_where_another_fits_better()
    {
        Write("resnet18", 12);
        var report = WeightsInspection.Inspect(Target, "resnet34");
        Assert.Equal(("resnet34", 12, false), (report.Architecture, report.Classes, report.Fits));
        Assert.Contains("layer1.2.conv1.weight", report.Missing);
        Assert.Equal("resnet18", WeightsInspection.Inspect(Target, null).Architecture);
    }

    [Fact]
    public void Has_no_classes_where_the_classifier_sees_something_else()
    {
        Write("resnet18", 12, tensors => tensors["fc.weight"] = [12, 100]);
        Assert.Null(WeightsInspection.Inspect(Target, "resnet18").Classes);
    }

    [Fact]
    public void Is_refused_for_an_architecture_that_does_not_exist()
    {
        Write("resnet18", 12);
        Assert.Equal("architecture_unknown", Assert.Throws<WeightsException>(() => WeightsInspection.Inspect(Target, "resnet-9000")).Code);
    }

    [Fact]
    public void Names_every_group_of_every_network_once()
    {
        foreach (var name in Zoo.All)
        {
            var graph = ModelRegistry.Build(name, 2, ModelCatalog.All[name].InputSize);
            var names = GroupNames.Of(graph);
            Assert.Equal(graph.Nodes[^1].Group + 1, names.Length);
            Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
            Assert.All(names, n => Assert.NotEmpty(n));
            Assert.EndsWith(graph.ClassifierPath.Split('.')[0], names[^1].Split(", ")[^1].Split('.')[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_a_published_file_names_its_network()
    {
        if (SharedData.WeightsFolder is not { } folder)
        {
            Assert.Skip("../shared/weights is absent.");
            return;
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*.pth"))
        {
            var report = WeightsInspection.Inspect(path, null);
            Assert.StartsWith(report.Architecture + "-", Path.GetFileName(path), StringComparison.Ordinal);
            Assert.Equal((1000, true), (report.Classes, report.Fits));
        }
    }

    private void Write(string architecture, int classes, Action<Dictionary<string, long[]>>? change = null)
    {
        var shapes = ModelRegistry
            .Build(architecture, classes, ModelCatalog.All[architecture].InputSize)
            .Parameters.ToDictionary(p => p.Name, p => p.Shape, StringComparer.Ordinal);
        change?.Invoke(shapes);
        TensorFile.Write(
            Target,
            shapes.Select(pair => new NamedTensor(pair.Key, pair.Value, new float[pair.Value.Aggregate(1L, (a, b) => a * b)]))
        );
    }
}
