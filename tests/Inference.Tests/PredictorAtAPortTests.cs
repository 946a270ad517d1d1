using System.Diagnostics;
using System.Globalization;
using GpuGeek.Domain.Deployments;
using GpuGeek.TestSupport;

namespace GpuGeek.Inference.Tests;

/// <summary>Predictor where others can reach it: on another machine than Api.</summary>
public sealed class PredictorAtAPort
{
    private const string Token = "a token of a test, long enough";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_only_with_the_token()
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Find()}");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "GpuGeek.Predictor"));
        start.Environment["GPUGEEK_PREDICTOR_ADDRESS"] = address;
        start.Environment["GPUGEEK_PREDICTOR_TOKEN"] = Token;
        start.Environment["Logging__LogLevel__Default"] = "Error";
        using var process = Process.Start(start)!;
        try
        {
            using var http = new HttpClient { BaseAddress = new(address) };
            await Eventually.HoldsAsync(() => StatusAsync(http, HttpMethod.Get, PredictorRoutes.Health), status => status == "OK");
            foreach (var (method, route) in Routes)
            foreach (var wrong in (string[])["", "Bearer", "Bearer another token, as long as it", "Basic " + Token, Token])
                Assert.Equal("Unauthorized", await StatusAsync(http, method, route, wrong));
            Assert.Equal("OK", await StatusAsync(http, HttpMethod.Get, PredictorRoutes.Loaded, "Bearer " + Token));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("", "", "GPUGEEK_PREDICTOR_ADDRESS is not set: it is the path of the Unix socket to listen on, or http://IP:port.")]
    [InlineData("predictor.sock", "", "GPUGEEK_PREDICTOR_ADDRESS is 'predictor.sock': it must be the path of a Unix socket")]
    [InlineData("http://gpu1:5300", Token, "GPUGEEK_PREDICTOR_ADDRESS is 'http://gpu1:5300': it must be the path of a Unix socket")]
    [InlineData("https://127.0.0.1:5300", Token, "GPUGEEK_PREDICTOR_ADDRESS is 'https://127.0.0.1:5300': it must be the path of")]
    [InlineData("http://127.0.0.1:5300", "short", "GPUGEEK_PREDICTOR_TOKEN is shorter than 16 characters: a predictor at a port needs")]
    public async Task Says_what_is_wrong_with_its_address(string address, string token, string sentence)
    {
        var said = await RefusedStart.SaysAsync(("GPUGEEK_PREDICTOR_ADDRESS", address), ("GPUGEEK_PREDICTOR_TOKEN", token));
        Assert.StartsWith(sentence, said, StringComparison.Ordinal);
    }

    private static readonly (HttpMethod, string)[] Routes =
    [
        (HttpMethod.Get, PredictorRoutes.Loaded),
        (HttpMethod.Put, "/deployments/a"),
        (HttpMethod.Delete, "/deployments/a"),
        (HttpMethod.Post, "/deployments/a/predict"),
        (HttpMethod.Get, "/healthz/../loaded"),
        (HttpMethod.Get, "/nowhere"),
    ];

    private static async Task<string> StatusAsync(HttpClient http, HttpMethod method, string route, string authorization = "")
    {
        using var request = new HttpRequestMessage(method, route);
        if (authorization.Length > 0)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        try
        {
            using var response = await http.SendAsync(request, Cancel);
            return response.StatusCode.ToString();
        }
        catch (HttpRequestException notYet)
        {
            return notYet.Message;
        }
    }
}
