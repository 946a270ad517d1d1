using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;

namespace GpuGeek.Architecture.Tests
{
    public sealed class FeaturesStayApart
    {
        private static IReadOnlyList<string> Crossings(System.Reflection.Assembly assembly, string pattern)
        {
            var architecture = new ArchLoader().LoadAssembly(assembly).Build();
            return
            [
                .. SliceRuleDefinition
                    .Slices()
                    .Matching(pattern)
                    .Should()
                    .NotDependOnEachOther()
                    .Evaluate(architecture)
                    .Where(r => !r.Passed)
                    .Select(r => r.Description),
            ];
        }

        [Fact]
        public void Features_of_Api_never_use_one_another() =>
            Assert.Empty(Crossings(typeof(Program).Assembly, "GpuGeek.Api.Features.(*)"));

        [Fact]
        public void A_planted_use_across_features_is_seen() =>
            Assert.NotEmpty(Crossings(typeof(FeaturesStayApart).Assembly, "GpuGeek.Architecture.Tests.Planted.Features.(*)"));
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Features.Runs
{
    internal static class RunEndpoints
    {
        public static string Use() => Datasets.DatasetEndpoints.Name;
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Features.Datasets
{
    internal static class DatasetEndpoints
    {
        public static string Name => nameof(DatasetEndpoints);
    }
}
