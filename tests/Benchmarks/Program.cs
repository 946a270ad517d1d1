using GpuGeek.Benchmarks;

// Timings are printed here and asserted nowhere: they depend on the machine.
switch (args)
{
    case ["imaging", ..]:
        ImagingBenchmark.Run();
        return 0;
    default:
        Console.Error.WriteLine("Usage: GpuGeek.Benchmarks imaging");
        return 2;
}
