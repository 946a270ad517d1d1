using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Domain.Storage;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Story;

/// <summary>The whole platform is backed up while it serves, and restored from the backup into an empty folder.</summary>
[Collection(StoryScenarios.Objects)]
public sealed class ABackupIsRestored(FlowersStory story, Chromium chromium, ITestOutputHelper output)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_hash_is_right_the_person_signs_in_and_the_same_picture_gets_the_same_numbers()
    {
        var told = await story.ToldAsync(chromium);
        var source = told.Account.Platform;
        using var folder = new KeptData();
        var (backup, data) = (Path.Combine(folder.Root, "backup"), Path.Combine(folder.Root, "data"));
        var before = await PredictAsync(source, told);

        var taking = Operator.BackupAsync(source.DataDirectory, backup);
        var answers = new List<PredictionResponse>();
        do answers.Add(await PredictAsync(source, told));
        while (!taking.IsCompleted);
        output.WriteLine($"{(await taking).Trim()} Meanwhile {answers.Count} predictions were answered.");
        Assert.All(answers, answer => AssertSame(before, answer));
        var restoring = Stopwatch.GetTimestamp();
        await Operator.RestoreAsync(backup, data);
        output.WriteLine($"Restored in {Stopwatch.GetElapsedTime(restoring).TotalSeconds:0.0} s.");

        Assert.Equal(Contents(source.DataDirectory), Contents(data));
        Assert.All(Contents(data), key => Assert.Equal(ObjectKeys.ContentHash(key), Hash(Path.Combine(data, "objects", key))));
        await using var restored = await RunningPlatform.StartAsync(data);
        Assert.NotEqual(source.BaseAddress, restored.BaseAddress);
        var account = await Account.SignInAsync(restored);
        await Eventually.HoldsAsync(
            () => account.Api.GetDeploymentAsync(account.Org, told.Deployment.Name, 30, Cancel),
            deployment => deployment.State == "live"
        );
        AssertSame(before, await PredictAsync(restored, told));
    }

    /// <summary>By the API key that was made before the backup.</summary>
    private static async Task<PredictionResponse> PredictAsync(RunningPlatform platform, Told told)
    {
        using var http = platform.Http(told.Key);
        using var picture = new ByteArrayContent(told.Photo);
        var address = new Uri(new Uri(told.Deployment.Url).PathAndQuery + "?top=10", UriKind.Relative);
        using var response = await http.PostAsync(address, picture, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<PredictionResponse>(text, GpuGeekClient.Json)!;
    }

    private static void AssertSame(PredictionResponse expected, PredictionResponse actual) =>
        Assert.Equal(expected.Classes.Select(c => (c.Label, c.Probability)), actual.Classes.Select(c => (c.Label, c.Probability)));

    /// <summary>Keys of all content-addressed objects.</summary>
    private static List<string> Contents(string data)
    {
        var objects = Path.Combine(data, "objects");
        List<string> keys =
        [
            .. Directory
                .EnumerateFiles(objects, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(objects, file))
                .Where(key => ObjectKeys.ContentHash(key) is not null)
                .Order(StringComparer.Ordinal),
        ];
        Assert.True(keys.Count > 1_500, $"Only {keys.Count} objects.");
        return keys;
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
