using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Recipes;
using GpuGeek.TestSupport;

namespace GpuGeek.Inference.Tests;

/// <summary>Predictor as the process it is.</summary>
public sealed class PredictorAsAProcess : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-predictor-").FullName;
    private readonly MetricsPage _metrics = new();
    private Process? _process;
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        Directory.Delete(_folder, recursive: true);
    }

    private string Socket => Path.Combine(_folder, "p.sock");

    private async Task StartAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "GpuGeek.Predictor"))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GPUGEEK_PREDICTOR_ADDRESS"] = Socket;
        start.Environment["GPUGEEK_FAULTS"] = "1";
        start.Environment["GPUGEEK_METRICS"] = _metrics.Address;
        start.Environment["Logging__LogLevel__Default"] = "Error";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var http = Http();
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    return (await http.GetAsync(PredictorRoutes.Health, Cancel)).StatusCode.ToString();
                }
                catch (HttpRequestException notYet)
                {
                    return notYet.Message;
                }
            },
            answer => answer == nameof(HttpStatusCode.OK)
        );
    }

    private HttpClient Http() =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new("http://predictor"),
        };

    private static Task<HttpResponseMessage> LoadAsync(HttpClient http, string key, ModelManifest manifest, byte[] onnx) =>
        http.PutAsync(
            $"/deployments/{key}",
            new MultipartFormDataContent
            {
                { new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(manifest, RunDirectory.Json)), "manifest", "model.json" },
                { new ByteArrayContent(onnx), "onnx", "core.onnx" },
            },
            Cancel
        );

    private static byte[] Picture(byte r, byte g, byte b, int width = 6, int height = 5)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (r, g, b);
        return ImageEncoder.Png(new RgbImage(width, height, pixels));
    }

    private static Task<HttpResponseMessage> PredictAsync(HttpClient http, string key, byte[] image) =>
        http.PostAsync($"/deployments/{key}/predict", new ByteArrayContent(image), Cancel);

    [Fact]
    public async Task It_loads_answers_and_forgets()
    {
        using var http = Http();
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        Assert.Equal(HttpStatusCode.NoContent, (await LoadAsync(http, "a", tiny.Manifest(onnx), onnx)).StatusCode);
        var answer = await (await PredictAsync(http, "a", Picture(255, 0, 51))).Content.ReadFromJsonAsync<PredictorAnswer>(Cancel);
        var expected = new[] { 1.0, 0.0, 0.2 }.Select(Math.Exp).ToArray();
        for (var i = 0; i < 3; i++)
            Assert.Equal(expected[i] / expected.Sum(), answer!.Probabilities[i], 1e-5);
        var state = await http.GetFromJsonAsync<PredictorState>(PredictorRoutes.Loaded, Cancel);
        Assert.Equal("a", Assert.Single(state!.Deployments).Key);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync("/deployments/a", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PredictAsync(http, "a", Picture(1, 2, 3))).StatusCode);
    }

    private static Task<HttpResponseMessage> AugmentAsync(HttpClient http, AugmentationOrder order, params byte[][] pictures)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(JsonSerializer.Serialize(order, JsonSerializerOptions.Web)), "order" },
        };
        foreach (var picture in pictures)
            form.Add(new ByteArrayContent(picture), "picture", "picture");
        return http.PostAsync("/organisations/a/augment", form, Cancel);
    }

    private static readonly AugmentationOrder Order = new(
        AugmentationPresets.Find("strong")! with
        {
            VerticalFlip = true,
        },
        Preprocessing.ImageNet(64),
        3,
        4,
        48
    );

    [Fact]
    public async Task It_draws_what_training_sees_without_a_model()
    {
        using var http = Http();
        byte[] red = Picture(255, 0, 0),
            blue = Picture(0, 0, 255);
        var drawn = await (await AugmentAsync(http, Order, red, blue)).Content.ReadFromJsonAsync<AugmentedPictures>(Cancel);
        Assert.Equal([4, 4], drawn!.Pictures.Select(versions => versions.Length));
        // Training's own code, with the same numbers.
        var expected = Augmenter.Apply(ImageDecoder.Decode(blue), Order.Augmentation, Order.Preprocessing, CounterRandom.Keyed(3, 2, 1));
        Assert.Equal(ImageEncoder.Jpeg(Preprocessor.ResizeShorter(expected, 48), 85), drawn.Pictures[1][2]);
        var again = await (await AugmentAsync(http, Order, red, blue)).Content.ReadFromJsonAsync<AugmentedPictures>(Cancel);
        Assert.Equal(drawn.Pictures.SelectMany(p => p), again!.Pictures.SelectMany(p => p));
    }

    [Fact]
    public async Task It_draws_the_whole_picture_without_colours_for_a_model_that_sees_it_so()
    {
        using var http = Http();
        var order = new AugmentationOrder(
            AugmentationSettings.None,
            new(48, 48, [0, 0, 0], [1, 1, 1], ResizeRule.Pad, [255, 255, 255], Grayscale: true),
            Seed: 3,
            Versions: 1,
            Side: 48
        );
        var drawn = await (await AugmentAsync(http, order, Picture(255, 0, 0, 96, 48))).Content.ReadFromJsonAsync<AugmentedPictures>(
            Cancel
        );
        var seen = ImageDecoder.Decode(drawn!.Pictures[0][0]);
        Assert.Equal((48, 48), (seen.Width, seen.Height));
        // The bar above, and the luma of red.
        Assert.InRange(seen.Pixels[3 * 24], 250, 255);
        Assert.All(Enumerable.Range(0, 3), channel => Assert.InRange(seen.Pixels[(24 * 48 + 24) * 3 + channel], 70, 82));
    }

    [Fact]
    public async Task It_refuses_orders_that_cannot_be_or_cost_too_much()
    {
        using var http = Http();
        var picture = Picture(1, 2, 3);
        foreach (
            var (order, pictures) in new (AugmentationOrder, byte[][])[]
            {
                (Order, []),
                (Order, [picture, picture, picture, picture, picture]),
                (Order with { Versions = 5 }, [picture]),
                (Order with { Preprocessing = Preprocessing.ImageNet(2000) }, [picture]),
                (Order with { Preprocessing = null! }, [picture]),
                (Order with { Side = 0 }, [picture]),
                (Order with { Augmentation = null! }, [picture]),
            }
        )
            Assert.Equal(HttpStatusCode.BadRequest, (await AugmentAsync(http, order, pictures)).StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AugmentAsync(http, Order, picture, "no picture"u8.ToArray())).StatusCode);
    }

    [Fact]
    public async Task It_refuses_more_orders_at_once_than_it_allows_an_organisation()
    {
        using var http = Http();
        var large = ImageEncoder.Jpeg(new RgbImage(3000, 2000, new byte[3000 * 2000 * 3]), 90);
        var order = Order with { Preprocessing = Preprocessing.ImageNet(1024) };
        var all = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => AugmentAsync(http, order, large, large)));
        Assert.Contains(all, response => response.StatusCode == HttpStatusCode.OK);
        var refused = all.First(response => response.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Equal(PredictorRoutes.TooManyPreviews, (await refused.Content.ReadFromJsonAsync<PredictorProblem>(Cancel))!.Code);
        Assert.NotNull(refused.Headers.RetryAfter);
        // The places are free again.
        Assert.Equal(HttpStatusCode.OK, (await AugmentAsync(http, Order, Picture(9, 9, 9))).StatusCode);
    }

    [Fact]
    public async Task What_is_no_picture_is_refused_in_words()
    {
        using var http = Http();
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        await LoadAsync(http, "a", tiny.Manifest(onnx), onnx);
        var response = await PredictAsync(http, "a", "<svg onload='alert(1)'/>"u8.ToArray());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        Assert.Equal("unsupported_format", (await response.Content.ReadFromJsonAsync<PredictorProblem>(Cancel))!.Code);
    }

    [Fact]
    public async Task Who_has_as_many_predictions_as_the_plan_allows_is_refused_before_the_picture_is_read()
    {
        using var http = Http();
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        foreach (var key in (string[])["flood-a", "flood-b", "guest-a"])
            await LoadAsync(http, key, tiny.Manifest(onnx), onnx);
        var picture = Picture(1, 2, 3);
        using var first = await RawPrediction.StartAsync(Socket, "flood-a", 2, picture);
        using var second = await RawPrediction.StartAsync(Socket, "flood-b", 2, picture);
        foreach (var accepted in (RawPrediction[])[first, second])
            Assert.StartsWith("HTTP/1.1 100 ", await accepted.ReadAsync(), StringComparison.Ordinal);

        using var third = await RawPrediction.StartAsync(Socket, "flood-a", 2, picture);
        var refused = await third.ReadAsync();

        Assert.StartsWith("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 1\r\n", refused, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await PredictAsync(http, "guest-a", picture)).StatusCode);
        foreach (var accepted in (RawPrediction[])[first, second])
        {
            await accepted.SendPictureAsync();
            Assert.StartsWith("HTTP/1.1 200 ", await accepted.ReadAsync(), StringComparison.Ordinal);
        }
        using var again = await RawPrediction.StartAsync(Socket, "flood-a", 1, picture);
        Assert.StartsWith("HTTP/1.1 100 ", await again.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_version_is_refused_and_the_old_one_keeps_serving()
    {
        using var http = Http();
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        await LoadAsync(http, "a", tiny.Manifest(onnx), onnx);
        var broken = await LoadAsync(http, "a", tiny.Manifest(onnx) with { Version = 2 }, onnx[..^20]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, broken.StatusCode);
        var answer = await (await PredictAsync(http, "a", Picture(9, 9, 9))).Content.ReadFromJsonAsync<PredictorAnswer>(Cancel);
        Assert.Equal(1, answer!.Version);
    }

    [Fact]
    public async Task A_crash_costs_the_requests_in_flight_and_a_new_start_answers()
    {
        using var http = Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/deployments/a/predict")
        {
            Content = new ByteArrayContent(Picture(1, 1, 1)),
            Headers = { { "X-GpuGeek-Fault", "crash" } },
        };
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.SendAsync(request, Cancel));
        await _process!.WaitForExitAsync(Cancel);
        await StartAsync();
        using var again = Http();
        Assert.Empty((await again.GetFromJsonAsync<PredictorState>(PredictorRoutes.Loaded, Cancel))!.Deployments);
    }

    [Fact]
    public async Task It_measures_predictions_and_refusals_and_shows_them_at_an_address_of_their_own()
    {
        using var http = Http();
        var tiny = new TinyOnnx();
        var onnx = tiny.Build();
        await LoadAsync(http, "a", tiny.Manifest(onnx), onnx);
        await PredictAsync(http, "a", Picture(9, 9, 9));
        await PredictAsync(http, "a", "no picture"u8.ToArray());

        var lines = await _metrics.LinesAsync(Cancel);
        Assert.Contains("gpugeek_predictions_total{gpugeek_deployment=\"a\",gpugeek_outcome=\"answered\"} 1", lines);
        Assert.Contains("gpugeek_predictions_total{gpugeek_deployment=\"a\",gpugeek_outcome=\"unsupported_format\"} 1", lines);
        Assert.Contains("gpugeek_models_loaded 1", lines);
        Assert.Contains("gpugeek_prediction_batch_size_count 1", lines);
        foreach (var part in (string[])["decode", "queue", "run"])
            Assert.Contains($"gpugeek_prediction_{part}_duration_seconds_count 1", lines);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/metrics", Cancel)).StatusCode);
    }

    [Fact]
    public void Its_socket_is_its_owners_alone() =>
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));
}
