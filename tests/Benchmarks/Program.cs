using System.Globalization;
using GpuGeek.Benchmarks;

// Timings are printed here and asserted nowhere: they depend on the machine.
switch (args)
{
    case ["imaging", ..]:
        ImagingBenchmark.Run();
        return 0;
    case ["interpreter"]:
        InterpreterBenchmark.Run();
        return 0;
    case ["pictures", var folder]:
        PicturesBenchmark.Run(folder);
        return 0;
    case ["accuracy", var pictures, var weights, var seeds, .. var names]:
        AccuracyBenchmark.Run(pictures, weights, int.Parse(seeds, CultureInfo.InvariantCulture), names);
        return 0;
    case ["scratch", var pictures, var seeds]:
        ScratchBenchmark.Run(pictures, int.Parse(seeds, CultureInfo.InvariantCulture));
        return 0;
    case ["training"]:
        TrainingBenchmark.Run();
        return 0;
    case ["training", var network, var precision]:
        TrainingBenchmark.RunOne(network, precision);
        return 0;
    case ["precision"]:
        PrecisionBenchmark.Run();
        return 0;
    case ["checkpoints", var folder]:
        CheckpointBenchmark.Run(folder);
        return 0;
    case ["walls", var address, var email]:
        // The password comes by standard input: arguments are seen by everybody on the machine.
        await WallBenchmark.RunAsync(address, email, Console.ReadLine() ?? "");
        return 0;
    case ["serving", var address, var otherAddress, var onnx, var picture, var platform, .. var peer] when peer.Length <= 1:
        var (key, otherKey) = (Console.ReadLine() ?? "", Console.ReadLine() ?? "");
        await ServingBenchmark.RunAsync(
            (address, key),
            (otherAddress, otherKey),
            onnx,
            picture,
            int.Parse(platform, CultureInfo.InvariantCulture),
            peer.FirstOrDefault()
        );
        return 0;
    default:
        Console.Error.WriteLine(
            "Usage: GpuGeek.Benchmarks imaging | interpreter | precision | training | pictures FOLDER\n"
                + "     | accuracy FOLDER WEIGHTS SEEDS [NAME...] | scratch FOLDER SEEDS\n"
                + "     | checkpoints FOLDER | walls ADDRESS EMAIL < PASSWORD\n"
                + "     | serving ADDRESS ADDRESS-OF-ANOTHER ONNX PICTURE PROCESS-ID [PEER] < KEYS (serving.sh starts it)"
        );
        return 2;
}
