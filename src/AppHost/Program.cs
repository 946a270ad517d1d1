using GpuGeek.AppHost;
using GpuGeek.AppHost.Backups;
using GpuGeek.AppHost.Demo;
using GpuGeek.AppHost.Hosting;

if (args.Contains("--help"))
{
    Console.WriteLine(Settings.Usage);
    return 0;
}
if (BackupCommands.Knows(args))
    return await BackupCommands.RunAsync(args);
Settings settings;
try
{
    settings = Settings.Parse(args);
}
catch (ArgumentException wrong)
{
    await Console.Error.WriteLineAsync($"{wrong.Message}\n\n{Settings.Usage}");
    return 2;
}

using var stop = new StopSignals();
Platform? platform = null;
stop.Again = () => platform?.KillAll();

try
{
    platform = await Platform.StartAsync(settings, stop.Token);
    var link = await platform.LinkAsync(stop.Token);
    if (settings.Demo)
        await DemoRun.RunAsync(settings, link, stop.Token);
    else
        Console.WriteLine($"GpuGeek is running at {settings.PublicUrl} - open {link}");
    var failed = platform.Failed;
    await Task.WhenAny(failed, Task.Delay(Timeout.Infinite, stop.Token));
    if (!stop.Token.IsCancellationRequested)
        throw await await failed;
    return 0;
}
catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
{
    return 0;
}
catch (PartFailedException failure)
{
    await Console.Error.WriteLineAsync(
        failure.LogTail is { Length: > 0 } tail ? $"{failure.Message}\n--- end of its log ---\n{tail}" : failure.Message
    );
    return 1;
}
finally
{
    if (platform is not null)
        await platform.DisposeAsync();
}
