using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>What the operator types.</summary>
internal static class Operator
{
    public static Task<string> BackupAsync(string data, string to) =>
        Terminal.RunAsync("/", [], RunningPlatform.Program, "backup", "--data", data, "--to", to);

    public static Task<string> RestoreAsync(string from, string data) =>
        Terminal.RunAsync("/", [], RunningPlatform.Program, "restore", "--from", from, "--data", data);
}
