using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GpuGeek.AppHost;
using GpuGeek.AppHost.Hosting;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>Before, a second platform on the same port said that it was running, with a link that was not of the one that answered
/// there, and then ended with a stack trace.</summary>
public sealed class WhenThePageCannotListen
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_platform_says_that_the_port_is_in_use_and_starts_nothing()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var data = Directory.CreateTempSubdirectory("gpugeek-port-test-");
        try
        {
            using var platform = Process.Start(
                new ProcessStartInfo(
                    Path.Combine(SharedData.RepositoryRoot, "src/AppHost/bin/Release/net10.0/GpuGeek.AppHost"),
                    ["--port", port, "--data", data.FullName]
                )
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            var output = platform.StandardOutput.ReadToEndAsync(Cancel);
            Assert.Equal(
                $"Web failed: port {port} of 127.0.0.1 is in use by another program. Stop that program, or choose another port with "
                    + "--port.",
                (await platform.StandardError.ReadToEndAsync(Cancel)).Trim()
            );
            Assert.Empty(await output);
            await platform.WaitForExitAsync(Cancel);
            Assert.Equal(1, platform.ExitCode);
            Assert.False(Directory.Exists(Path.Combine(data.FullName, "postgres", "cluster")));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_port_that_is_given_back_in_a_moment_is_waited_for()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var waiting = PageAddress.DemandAsync("127.0.0.1", ((IPEndPoint)other.LocalEndpoint).Port, Cancel);
        Assert.False(waiting.IsCompleted);
        other.Stop();
        await waiting;
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named()
    {
        var refused = await Assert.ThrowsAsync<PartFailedException>(() => PageAddress.DemandAsync("192.0.2.1", FreePort.Find(), Cancel));
        Assert.Contains("does not have the address 192.0.2.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--listen", refused.Message, StringComparison.Ordinal);
    }
}
