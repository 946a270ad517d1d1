using System.Text.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.Imaging;
using GpuGeek.Inference;

namespace GpuGeek.EndToEnd.Tests.Story;

[Collection(StoryScenarios.Pages)]
public sealed class FromTheSetupLinkToAnAnswer(FlowersStory story, Chromium chromium, ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_gets_an_answer_in_the_browser_without_reading_anything()
    {
        var told = await story.ToldAsync(chromium);
        var result = told.Run.Result!;
        output.WriteLine(
            $"fast mobilenet_v2: test accuracy {result.TestAccuracy:P1} of {result.TestCount} pictures, {told.Run.Seconds:0} s "
                + $"charged, largest difference {result.OnnxMaxDifference:0.0e0}"
        );

        Assert.Equal(600, result.TestCount);
        Assert.InRange(result.TestAccuracy, 0.85, 1);
        Assert.InRange(result.OnnxMaxDifference, 0, 1e-3);
        Assert.Contains(told.Label, result.Classes);
        Assert.Equal(5, told.Shown.Count);
        Assert.InRange(told.Shown.Values.Sum(), 1 - Tolerance, 1 + Tolerance);
        Assert.Equal(told.Shown.Values.Max(), told.Shown[told.Label]);
    }

    [Fact]
    public async Task Any_program_gets_the_answer_that_the_page_showed()
    {
        var told = await story.ToldAsync(chromium);
        using var http = told.Account.Platform.Http(told.Key);
        using var picture = new ByteArrayContent(told.Photo);
        using var response = await http.PostAsync(new Uri(told.Deployment.Url + "?top=10"), picture, Cancel);
        response.EnsureSuccessStatusCode();
        var answer = JsonSerializer.Deserialize<PredictionResponse>(await response.Content.ReadAsStringAsync(Cancel), GpuGeekClient.Json)!;

        AssertSame(told.Shown, answer.Classes.ToDictionary(c => c.Label, c => c.Probability));
    }

    [Fact]
    public async Task The_downloaded_model_gives_the_answer_that_the_page_showed()
    {
        var told = await story.ToldAsync(chromium);
        var reference = told.Run.Result!.ModelVersion;
        var version = await told.Account.Api.GetModelVersionAsync(told.Account.Org, reference.Model, reference.Version, Cancel);
        using var http = told.Account.Platform.Http(told.Account.Token);
        var files = new Dictionary<string, byte[]>();
        foreach (var file in version.Files)
            files.Add(file.Name, await http.GetByteArrayAsync(new Uri(file.Url, UriKind.Relative), Cancel));
        var manifest = JsonSerializer.Deserialize<ModelManifest>(files["model.json"], RunDirectory.Json)!;
        using var session = new CoreSession(files["core.onnx"], threads: 1);
        var input = new float[3 * session.Side * session.Side];
        Preprocessor.Run(told.Photo, manifest.Preprocessing, input);
        var probabilities = Softmax.Of(session.Logits(input, 1), manifest.Temperature);

        AssertSame(told.Shown, manifest.Classes.Zip(probabilities).ToDictionary(c => c.First, c => (double)c.Second));
    }

    [Fact]
    public async Task The_key_that_the_page_made_can_predict_and_nothing_else()
    {
        var told = await story.ToldAsync(chromium);
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            told.Account.Platform.Client(told.Key).ListRunsAsync(told.Account.Org, ct: Cancel)
        );

        Assert.Equal("scope_missing", refused.Problem.Code);
    }

    [Theory]
    [InlineData("curl", "predict.sh", "bash predict.sh")]
    [InlineData("Python", "predict.py", "/usr/bin/python3 predict.py photo.jpg")]
    [InlineData("JavaScript", "predict.mjs", "node predict.mjs photo.jpg")]
    [InlineData("C#", "predict.cs", "dotnet run predict.cs photo.jpg")]
    public async Task The_program_on_the_page_runs_as_printed(string language, string file, string command)
    {
        var program = command.Split(' ')[0];
        Assert.SkipUnless(
            program.StartsWith('/')
                ? File.Exists(program)
                : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(p => File.Exists(Path.Combine(p, program))),
            $"No {program} on this machine."
        );
        var told = await story.ToldAsync(chromium);
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.At("photo.jpg"), told.Photo, Cancel);
        await File.WriteAllTextAsync(folder.At(file), told.Snippets[language], Cancel);

        var answer = await Terminal.RunAsync(folder.Root, new() { ["GPUGEEK_KEY"] = told.Key }, program, command.Split(' ')[1..]);

        Assert.Contains(
            $"label: {told.Label}",
            answer
                .Replace("'", "", StringComparison.Ordinal)
                .Replace("\"", "", StringComparison.Ordinal)
                .Replace(":", ": ", StringComparison.Ordinal)
                .Replace(":  ", ": ", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
    }

    private static void AssertSame(IReadOnlyDictionary<string, double> expected, Dictionary<string, double> actual)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (label, probability) in expected)
            Assert.InRange(actual[label], probability - Tolerance, probability + Tolerance);
    }
}
