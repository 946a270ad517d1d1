using System.CommandLine;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Local;
using GpuGeek.Worker.Processes;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>run</c>: trains on a ZIP or folder, without a server.</summary>
internal static class LocalRunCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "A ZIP or a folder with one folder of pictures per class.",
        Required = true,
    };
    private static readonly Option<string> Model = new("--model")
    {
        Description = "The architecture.",
        DefaultValueFactory = _ => RecipePresets.DefaultArchitecture,
    };
    private static readonly Option<RecipePreset> Preset = new("--preset")
    {
        Description = "fast trains only the classifier, balanced the whole network.",
    };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the model and all other output.",
        DefaultValueFactory = _ => "gpugeek-run",
    };
    private static readonly Option<int?> Epochs = new("--epochs")
    {
        Description = "Passes over the training pictures; default: the preset's value.",
    };
    private static readonly Option<int?> Seed = new("--seed") { Description = "The same seed on the same pictures gives the same model." };
    private static readonly Option<bool> FromScratch = new("--from-scratch")
    {
        Description = "Starts from random weights instead of the published ones.",
    };

    public static Command Create()
    {
        var command = new Command("run", "Trains a classifier on a ZIP or folder of pictures, without a server.")
        {
            Data,
            Model,
            Preset,
            Out,
            Epochs,
            Seed,
            FromScratch,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (NativeCheck.Problem() is { } problem)
            return Refuse(problem);
        var data = Path.GetFullPath(arguments.GetRequiredValue(Data));
        var target = Path.GetFullPath(arguments.GetRequiredValue(Out));
        if (!Path.Exists(data))
            return Refuse($"{data} does not exist.");
        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            return Refuse($"{target} is not empty; choose another folder with --out.");
        try
        {
            var recipe = RecipePresets.Resolve(
                new(
                    arguments.GetValue(Preset),
                    arguments.GetRequiredValue(Model),
                    arguments.GetValue(Epochs),
                    arguments.GetValue(Seed),
                    Pretrained: arguments.GetValue(FromScratch) ? false : null
                )
            );
            return await LocalTraining.RunAsync(
                new(data, target, recipe, Environment.GetEnvironmentVariable("GPUGEEK_WEIGHTS")),
                cancellationToken
            );
        }
        catch (DomainException broken)
        {
            return Refuse($"{broken.Message} {broken.Hint}");
        }
        catch (WeightsException missing)
        {
            return Refuse($"{missing.Message} {missing.Hint}");
        }
        catch (Exception failure) when (failure is ChildStartException or IOException or UnauthorizedAccessException)
        {
            return Refuse(failure.Message);
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
