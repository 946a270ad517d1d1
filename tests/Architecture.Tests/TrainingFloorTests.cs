namespace GpuGeek.Architecture.Tests
{
    public sealed class TheTrainingEngineIsBuiltOnFloors
    {
        private const string PlantedRoot = "GpuGeek.Architecture.Tests.Planted.Training";

        private static readonly (string File, string Text)[] Sources = [.. Repository.FilesOf("src/Training")];

        [Fact]
        public void No_folder_uses_one_beside_it_or_above_it() =>
            Assert.Empty(TrainingFloors.UpwardUses(System.Reflection.Assembly.Load(TrainingFloors.Root), TrainingFloors.Root));

        [Fact]
        public void Planted_uses_of_the_floor_above_and_of_the_same_floor_are_seen() =>
            Assert.Equal(
                [
                    "Data uses Engine (PlantedSource → PlantedTrainer)",
                    "Models uses Weights (PlantedNetwork → PlantedFile)",
                    "Weights uses the composition (PlantedFile → PlantedProgram)",
                ],
                TrainingFloors.UpwardUses(typeof(TheTrainingEngineIsBuiltOnFloors).Assembly, PlantedRoot).Order(StringComparer.Ordinal)
            );

        [Fact]
        public void Only_one_class_of_the_engine_chooses_the_parts_of_a_training() =>
            Assert.Empty(
                TrainingFloors.ChosenParts(System.Reflection.Assembly.Load(TrainingFloors.Root), TrainingFloors.Root, "MethodBuilder")
            );

        [Fact]
        public void A_planted_choice_elsewhere_is_seen() =>
            Assert.Equal(
                ["PlantedTrainer chooses PlantedBudget"],
                TrainingFloors.ChosenParts(typeof(TheTrainingEngineIsBuiltOnFloors).Assembly, PlantedRoot, "PlantedBuilder")
            );

        [Fact]
        public void No_file_imports_a_folder_beside_it_or_above_it() => Assert.Empty(TrainingFloors.UpwardImports(Sources));

        [Fact]
        public void A_planted_import_is_seen() =>
            Assert.Equal(
                ["Data/Views.cs imports Engine", "Models/Keys.cs imports Weights"],
                TrainingFloors.UpwardImports([
                    ("Data/Views.cs", "using GpuGeek.Training.Engine;"),
                    ("Models/Keys.cs", "using static GpuGeek.Training.Weights.Formats;"),
                    ("Engine/Loop.cs", "using GpuGeek.Training.Data;"),
                    ("Program.cs", "using GpuGeek.Training.Export;"),
                ])
            );

        [Fact]
        public void Every_namespace_is_that_of_its_folder() => Assert.Empty(TrainingFloors.MisplacedNamespaces(Sources));

        [Fact]
        public void A_planted_namespace_of_another_folder_is_seen() =>
            Assert.Equal(
                ["Data/Views.cs is not in GpuGeek.Training.Data"],
                TrainingFloors.MisplacedNamespaces([("Data/Views.cs", "namespace GpuGeek.Training.Engine;")])
            );

        [Fact]
        public void Every_folder_is_on_a_floor() =>
            Assert.Empty(TrainingFloors.UnknownFolders(Sources.Select(s => s.File.Split('/')).Where(p => p.Length > 1).Select(p => p[0])));

        [Fact]
        public void A_planted_folder_is_seen() =>
            Assert.Equal(["src/Training/Helpers is on no floor"], TrainingFloors.UnknownFolders(["Graphs", "Helpers"]));
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Training
{
    internal static class PlantedProgram
    {
        public static int Run() => Engine.PlantedTrainer.Train(0);
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Training.Engine
{
    internal static class PlantedTrainer
    {
        public static int Train(int seed) => Data.PlantedSource.Batches(seed).Count() + new Stopping.PlantedBudget().Epochs;
    }

    internal static class PlantedBuilder
    {
        public static Stopping.IPlantedStopping Build() => new Stopping.PlantedBudget();
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Training.Data
{
    internal static class PlantedSource
    {
        // In a lambda of an iterator: the compiler moves both to types of its own.
        public static IEnumerable<int> Batches(int seed)
        {
            yield return new[] { seed }.Sum(s => Engine.PlantedTrainer.Train(s));
        }
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Training.Models
{
    internal static class PlantedNetwork
    {
        public static string Load() => Weights.PlantedFile.Read();
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Training.Weights
{
    internal static class PlantedFile
    {
        public static string Read() => PlantedProgram.Run().ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

namespace GpuGeek.Architecture.Tests.Planted.Training.Stopping
{
    internal interface IPlantedStopping
    {
        int Epochs { get; }
    }

    internal sealed class PlantedBudget : IPlantedStopping
    {
        public int Epochs => 1;
    }
}
