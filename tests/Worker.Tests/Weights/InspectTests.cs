using System.Diagnostics;
using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Weights;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Hosting;
using GpuGeek.Worker.Weights;

namespace GpuGeek.Worker.Tests.Weights;

public sealed class TheVerbInspect : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-inspect-").FullName;

    private string Out => Path.Combine(_folder, "out.json");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Reports_on_a_file_to_people_and_to_the_supervisor()
    {
        if (SharedData.WeightsFolder is not { } weights)
        {
            Assert.Skip("../shared/weights is absent.");
            return;
        }
        var (code, text) = await InspectAsync(Path.Combine(weights, "mobilenet_v2-a176b74e.pth"), "--out", Out);
        Assert.Equal(0, code);
        Assert.Contains("mobilenet_v2: everything before the classifier fits", text, StringComparison.Ordinal);
        var report = JsonSerializer.Deserialize<WeightsReport>(await File.ReadAllBytesAsync(Out, Cancel), RunDirectory.Json)!;
        Assert.Equal(("mobilenet_v2", 1000, true), (report.Architecture, report.Classes, report.Fits));
        Assert.Equal([Out], Directory.EnumerateFiles(_folder));
    }

    [
        Theory,
        InlineData("<html>", "weights_unsupported"),
        InlineData("PK\u0003\u0004", "weights_unreadable"),
        InlineData(null, "weights_unreadable")
    ]
    public async Task Ends_with_1_and_says_why_where_a_file_is_refused(string? content, string expected)
    {
        var file = Path.Combine(_folder, "w.pth");
        if (content is not null)
            await File.WriteAllTextAsync(file, content, Cancel);
        var (code, text) = await InspectAsync(file, "--out", Out);
        Assert.Equal(1, code);
        var error = JsonSerializer.Deserialize<InspectionRefusal>(await File.ReadAllBytesAsync(Out, Cancel), RunDirectory.Json)!.Error;
        Assert.Equal(expected, error.Code);
        Assert.StartsWith(error.Detail, text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_an_architecture_that_does_not_exist()
    {
        var (code, text) = await InspectAsync(Path.Combine(_folder, "w.pth"), "--architecture", "resnet-9000");
        Assert.Equal(1, code);
        Assert.Contains("resnet-9000", text, StringComparison.Ordinal);
    }

    /// <summary>Numbers of one byte take four each: two gigabytes of them are more than the child may have. The file is sparse.</summary>
    [Fact]
    public async Task Refuses_what_needs_more_memory_than_the_child_may_have()
    {
        Assert.SkipUnless(LongTests.Wanted, "Takes seven gigabytes of memory. " + LongTests.Reason);
        var file = Path.Combine(_folder, "w.safetensors");
        const long each = 500_000_000,
            count = 4;
        var header = System.Text.Encoding.UTF8.GetBytes(
            "{"
                + string.Join(
                    ',',
                    Enumerable
                        .Range(0, (int)count)
                        .Select(i =>
                            $$"""
                                "t{{i}}":{"dtype":"U8","shape":[{{each}}],"data_offsets":[{{i * each}},{{(i + 1) * each}}]}
                                """
                        )
                )
                + "}"
        );
        await using (var stream = File.Create(file))
        {
            await stream.WriteAsync(BitConverter.GetBytes(header.LongLength), Cancel);
            await stream.WriteAsync(header, Cancel);
            stream.SetLength(8 + header.Length + each * count);
        }
        var (code, _) = await InspectAsync(file, "--out", Out);
        Assert.Equal(1, code);
        Assert.Equal(
            "weights_too_large",
            JsonSerializer.Deserialize<InspectionRefusal>(await File.ReadAllBytesAsync(Out, Cancel), RunDirectory.Json)!.Error.Code
        );
    }

    private static async Task<(int Code, string Text)> InspectAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(OwnExecutable.Path, ["inspect", .. arguments]) { RedirectStandardOutput = true }
        )!;
        var text = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, text);
    }
}
