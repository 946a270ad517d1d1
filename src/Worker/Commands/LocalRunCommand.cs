using System.CommandLine;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Runs;
using GpuGeek.Recipes;
using GpuGeek.Training.Devices;
using GpuGeek.Training.Weights;
using GpuGeek.Worker.Devices;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Local;

namespace GpuGeek.Worker.Commands;

/// <summary>Verb <c>run</c>: trains on a ZIP or folder, without a server.</summary>
internal static class LocalRunCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "A ZIP or a folder with one folder of pictures per class.",
        Required = true,
    };
    private static readonly Option<string?> Model = new("--model")
    {
        Description = $"The architecture; default: {RecipePresets.DefaultArchitecture}.",
    };
    private static readonly Option<string?> Preset = new("--preset")
    {
        Description =
            "fast trains only the classifier, balanced the whole network, best the whole network for the last points of accuracy; "
            + $"default: {RecipePresets.Fast}.",
    };
    private static readonly Option<string?> RecipePath = new("--recipe")
    {
        Description = "A JSON file with a recipe instead of a preset. spec.json of a run starts the same run again.",
    };
    private static readonly Option<string[]> Set = new("--set")
    {
        Description = "A setting of the recipe as path=value, such as optimizer.learningRate=0.001 (can be repeated).",
        DefaultValueFactory = _ => [],
    };
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the model and all other output.",
        DefaultValueFactory = _ => "gpugeek-run",
    };
    private static readonly Option<string?> Weights = new("--weights")
    {
        Description = "Folder with published weights, which are then not downloaded; default: GPUGEEK_WEIGHTS.",
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

    private static readonly Option<string?> Device = new("--device")
    {
        Description = "cpu or gpu; default: gpu where this build and this machine have one.",
    };

    private static readonly Option<bool> Probe = new("--probe")
    {
        Description = "Does not train: measures for less than a minute how fast it would be, and says how long the training would take.",
    };

    public static Command Create()
    {
        var command = new Command("run", "Trains a classifier on a ZIP or folder of pictures, without a server.")
        {
            Data,
            Model,
            Preset,
            RecipePath,
            Set,
            Out,
            Weights,
            Epochs,
            Seed,
            FromScratch,
            Device,
            Probe,
        };
        Device.AcceptOnlyFromAmong(DeviceClass.Cpu, DeviceClass.Gpu);
        command.SetAction(RunAsync);
        return command;
    }

    /// <exception cref="RecipeException"/>
    /// <exception cref="DomainException"/>
    private static LocalRecipe Recipe(ParseResult arguments)
    {
        var (recipe, basis) = arguments.GetValue(RecipePath) is { } file
            ? RecipeFile.Read(file)
            : (new() { Preset = arguments.GetValue(Preset) ?? RecipePresets.Fast }, null);
        foreach (
            var (path, value) in ((string, object?)[])
                [
                    ("model.architecture", arguments.GetValue(Model)),
                    ("budget.epochs", arguments.GetValue(Epochs)),
                    ("data.seed", arguments.GetValue(Seed)),
                    ("transfer.pretrained", arguments.GetValue(FromScratch) ? false : null),
                ]
        )
            if (value is not null)
                recipe[path] = value;
        foreach (var pair in arguments.GetRequiredValue(Set))
            recipe.Set(pair);
        return new(recipe, basis);
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (NativeCheck.Problem() is { } problem)
            return Refuse(problem);
        var data = Path.GetFullPath(arguments.GetRequiredValue(Data));
        var target = Path.GetFullPath(arguments.GetRequiredValue(Out));
        if (!Path.Exists(data))
            return Refuse($"{data} does not exist.");
        // A probe writes nothing there.
        if (!arguments.GetValue(Probe) && Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            return Refuse($"{target} is not empty; choose another folder with --out.");
        if (arguments.GetValue(RecipePath) is not null && arguments.GetValue(Preset) is not null)
            return Refuse("Both --recipe and --preset say what the recipe is; leave one of them out.");
        try
        {
            var recipe = Recipe(arguments);
            // Before the pictures are read, so that a wrong recipe is refused at once.
            if (recipe.Resolve(data: null).Transfer.Start is not null)
                return Refuse("The recipe starts from weights of a project, which this command does not have. Leave transfer.start out.");
            var weights = arguments.GetValue(Weights) ?? Environment.GetEnvironmentVariable("GPUGEEK_WEIGHTS");
            var device = arguments.GetValue(Device) ?? SlotDevices.Default(TorchBuild.Backend, MachineDevice.All());
            var options = new LocalOptions(data, target, recipe, weights, device, Probes: arguments.GetValue(Probe));
            return options.Probes ? await ProbeAsync(options, cancellationToken) : await LocalTraining.RunAsync(options, cancellationToken);
        }
        catch (RecipeException wrong)
        {
            return Refuse(wrong.Message);
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

    private static async Task<int> ProbeAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        var work = Directory.CreateTempSubdirectory("gpugeek-probe");
        try
        {
            return await LocalTraining.RunAsync(options with { Out = work.FullName }, cancellationToken);
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
