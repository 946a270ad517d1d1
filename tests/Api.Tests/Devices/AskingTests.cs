using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Devices;
using GpuGeek.Recipes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Devices;

public sealed class AskingForADevice(SharedApplication shared) : IClassFixture<SharedApplication>, IAsyncDisposable
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public async ValueTask DisposeAsync()
    {
        await using var db = _app.SystemDatabase();
        await db.WorkerDevices.Where(d => d.Worker.StartsWith("asking/")).ExecuteDeleteAsync(CancellationToken.None);
    }

    private static Task<RunResponse> CreateAsync(TenantSession session, Guid version, string? device, PartialRecipe? recipe = null) =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Planted.Project,
                DatasetVersion = version,
                Recipe = recipe ?? new() { Preset = "fast" },
                Device = device,
            },
            Cancel
        );

    private static async Task<string[]> LogAsync(TenantSession session, Guid run) =>
        [.. (await session.Client.GetLogsAsync(session.Org, run, ct: Cancel)).Items.Select(l => $"{l.Level}: {l.Message}")];

    private static string[] Waits(string device) => [$"warning: No worker with a device of class '{device}' is connected: the run waits."];

    [Fact]
    public async Task Is_kept_with_the_run_and_nothing_is_asked_for_without_it()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var any = await CreateAsync(session, version.Id, null);
        Assert.Null(any.Device);
        Assert.Empty(await LogAsync(session, any.Id));
        var run = await CreateAsync(session, version.Id, "h200-nvl");
        Assert.Equal(("queued", "h200-nvl"), (run.State, run.Device));
        Assert.Equal("h200-nvl", (await session.Client.GetRunAsync(session.Org, run.Id, ct: Cancel)).Device);
    }

    [Fact]
    public async Task That_no_connected_worker_has_is_said_once_in_the_log()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        await _app.AnnounceAsync("asking/one", DeviceClass.Gpu, "a30");
        await _app.AnnounceAsync("asking/dead", DeviceClass.Gpu, "v100", ago: WorkerDevice.CountsFor);
        foreach (var there in (string[])["gpu", "a30"])
            Assert.Empty(await LogAsync(session, (await CreateAsync(session, version.Id, there)).Id));
        foreach (var absent in (string[])["v100", "a3"])
            Assert.Equal(Waits(absent), await LogAsync(session, (await CreateAsync(session, version.Id, absent)).Id));
    }

    [Fact]
    public async Task Is_said_again_when_the_run_is_resumed_and_still_waits()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = await CreateAsync(session, version.Id, "b300");
        await session.DieTooOftenAsync(run.Id);
        Assert.Equal(
            ("queued", "b300"),
            await session.Client.ResumeRunAsync(session.Org, run.Id, Cancel) is var r ? (r.State, r.Device) : default
        );
        Assert.Equal([Waits("b300")[0], Waits("b300")[0]], await LogAsync(session, run.Id));
    }

    [Fact]
    public async Task With_a_GPU_is_what_float16_needs()
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        PartialRecipe low = new()
        {
            Preset = "balanced",
            ["compute.precision"] = "float16",
            ["transfer.pretrained"] = false,
        };
        foreach (var device in (string?[])[null, "cpu"])
            Assert.Equal("float16_needs_gpu", (await Answers.RefusedAsync(() => CreateAsync(session, version.Id, device, low))).Code);
        Assert.Equal("queued", (await CreateAsync(session, version.Id, "a100", low)).State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GPU")]
    [InlineData("a100\n")]
    [InlineData("a_100")]
    [InlineData("gpu' OR '1'='1")]
    [InlineData("123456789-123456789-123456789-123")]
    public async Task That_is_no_class_is_an_error_of_its_field(string device)
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var response = await session.Http.PostAsJsonAsync(
            session.At("runs"),
            new
            {
                project = Planted.Project,
                datasetVersion = version.Id,
                recipe = new { preset = "fast" },
                device,
            },
            Cancel
        );
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((HttpStatusCode.BadRequest, "malformed_request"), (response.StatusCode, problem["code"]!.GetValue<string>()));
        Assert.Equal(["/device"], problem["errors"]!.AsObject().Select(e => e.Key));
        Assert.Empty((await session.Client.ListRunsAsync(session.Org, ct: Cancel)).Items);
    }
}
