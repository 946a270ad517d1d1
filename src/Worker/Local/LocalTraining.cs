using System.Globalization;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Recipes;
using GpuGeek.Training;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Runs;

namespace GpuGeek.Worker.Local;

/// <summary>What <c>run</c> was asked to do.</summary>
/// <param name="Device"><see cref="DeviceClass.Cpu"/> or <see cref="DeviceClass.Gpu"/>.</param>
/// <param name="Probes">Measures what the training would take, and does not train.</param>
internal sealed record LocalOptions(string Data, string Out, LocalRecipe Recipe, string? Weights, string Device, bool Probes);

/// <param name="Basis">Null: the preset is one of <see cref="RecipePresets.Names"/>.</param>
internal sealed record LocalRecipe(PartialRecipe Asked, Recipe? Basis)
{
    /// <exception cref="RecipeException"/>
    /// <exception cref="Domain.Common.DomainException"/>
    public Recipe Resolve(DataFacts? data) => RecipePresets.Resolve(Asked, Basis, data);
}

/// <summary>The engine without a server: the same reader, the same trainer process, the same protocol.</summary>
internal static class LocalTraining
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <exception cref="Domain.Common.DomainException">The data cannot be trained on.</exception>
    /// <exception cref="WeightsException"/>
    public static async Task<int> RunAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        Console.WriteLine($"Reading {options.Data}");
        var seed = options.Recipe.Resolve(data: null).Data.Seed;
        var dataset = LocalDataset.Read(options.Data, Path.Combine(options.Out, "pictures"), seed);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{dataset.Images.Length} pictures of {dataset.Classes.Length} classes; {dataset.Skipped} files left out"
            )
        );
        var recipe = options.Recipe.Resolve(dataset.Facts);
        foreach (var choice in options.Recipe.Basis is null ? RecipePresets.Explain(recipe, dataset.Facts) : [])
            Console.WriteLine($"{choice.Setting} = {choice.Value}: {choice.Why}");
        var directory = new RunDirectory(Path.Combine(options.Out, "run"));
        RunPreparation.WriteSpec(directory, await SpecAsync(recipe, options, dataset, cancellationToken));
        return await FollowAsync(directory, options.Probes ? "probe" : "train", cancellationToken);
    }

    private static async Task<RunSpec> SpecAsync(
        Recipe recipe,
        LocalOptions options,
        LocalDataset dataset,
        CancellationToken cancellationToken
    )
    {
        using var http = new HttpClient();
        var cache = Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.Create),
            ".cache",
            "gpugeek",
            "weights"
        );
        return new()
        {
            RunId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            Attempt = 1,
            Recipe = recipe,
            Classes = dataset.Classes,
            Images = dataset.Images,
            ImagesDirectory = dataset.ImagesDirectory,
            WeightsFile = recipe.Transfer.Pretrained
                ? await WeightsCatalog.ResolveAsync(
                    ModelCatalog.All[recipe.Model.Architecture],
                    options.Weights,
                    cache,
                    http,
                    cancellationToken
                )
                : null,
            Threads = Environment.ProcessorCount,
            Device = options.Device == DeviceClass.Gpu ? RunSpec.Cuda : RunSpec.Cpu,
            Model = "local",
            ModelVersion = 1,
        };
    }

    private static async Task<int> FollowAsync(RunDirectory directory, string verb, CancellationToken cancellationToken)
    {
        var child = ChildProcess.Start(
            new ChildSpec
            {
                Name = "trainer",
                FileName = OwnExecutable.Path,
                Arguments = [verb, directory.Root],
                Environment = TrainingAllocator.Variables(),
                LogFile = directory.Log,
            }
        );
        var events = new EventTail(directory.Events);
        Task<int>? stopping = null;
        while (!child.Exited.IsCompleted)
        {
            foreach (var one in events.Read())
                Show(one, directory);
            if (cancellationToken.IsCancellationRequested)
                stopping ??= child.StopAsync(Grace, TimeProvider.System);
            await Task.WhenAny(child.Exited, Task.Delay(Look, TimeProvider.System, CancellationToken.None));
        }
        foreach (var one in events.Read())
            Show(one, directory);
        var exitCode = await child.Exited;
        if (exitCode is not (TrainExitCode.Succeeded or TrainExitCode.Failed))
            Console.Error.WriteLine($"The trainer ended with exit code {exitCode}; its log is {directory.Log}");
        return exitCode;
    }

    private static void Show(RunEvent one, RunDirectory directory)
    {
        switch (one)
        {
            case PhaseEvent phase:
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase.Progress, 4:P0} {phase.Phase}"));
                break;
            case MetricEvent { Name: MetricNames.ValAccuracy } point:
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"     epoch {point.Epoch:0.#}: validation accuracy {point.Value:P2}")
                );
                break;
            case ResolvedEvent resolved:
                foreach (var (setting, value) in resolved.Settings)
                    Console.WriteLine($"     {setting} = {value}, as measured");
                break;
            case EstimatedEvent { Estimate: var estimate }:
                Console.WriteLine(Text(estimate));
                break;
            case FailedEvent { Failure: var failure }:
                Console.Error.WriteLine($"{failure.Title}. {failure.Detail} {failure.Hint}");
                break;
            case ResultEvent { Result: var result }:
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Test accuracy {result.TestAccuracy:P2} (95 % interval {result.IntervalLow:P1} to {result.IntervalHigh:P1}, "
                            + $"{result.TestCount} pictures)"
                    )
                );
                if (result is { Uncalibrated: { } before, Calibrated: { } after })
                    Console.WriteLine($"Calibration error {Text(after)}, without the temperature {Text(before)}");
                Console.WriteLine($"The model is in {directory.Result}");
                break;
        }
    }

    private static string Text(RunEstimate estimate) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The training would take about {Time(estimate.Seconds)} ({Time(estimate.SecondsLow)} to {Time(estimate.SecondsHigh)}) at "
                + $"{estimate.ImagesPerSecond:0.0} pictures a second, and {estimate.MemoryBytes / 1e9:0.0} GB of memory"
                + $"{(estimate.MemoryLimit is { } limit ? $" of the {limit / 1e9:0.0} GB that this machine allows" : "")}"
        );

    private static string Time(double seconds) =>
        seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds < 7200 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.0} h");

    private static string Text(CalibrationError error) =>
        string.Create(CultureInfo.InvariantCulture, $"{error.Value:P1} ({error.Low:P1} to {error.High:P1})");
}
