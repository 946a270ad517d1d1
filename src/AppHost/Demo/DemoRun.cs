using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using GpuGeek.AppHost.Hosting;

namespace GpuGeek.AppHost.Demo;

/// <summary>The complete workflow over the public API, without a download and without a click.</summary>
internal static class DemoRun
{
    private sealed record Account(string Email, string Password, string Org);

    public static async Task RunAsync(Settings settings, string link, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new(settings.PublicUrl), Timeout = TimeSpan.FromMinutes(5) };
        var api = new DemoApi(http);
        var account = await SignInAsync(api, settings, link, cancellationToken);
        var orgs = $"orgs/{account.Org}";
        var project = (string)
            (await api.PostAsync($"{orgs}/projects", new { name = "Demo", template = "image-classification" }, cancellationToken))["slug"]!;

        Say("Creating the sample dataset 'shapes': five kinds of figures on noisy backgrounds.");
        var dataset = (string)(await api.PostAsync($"{orgs}/datasets", new { project, name = "shapes" }, cancellationToken))["id"]!;
        var imports = $"{orgs}/datasets/{dataset}/imports";
        var asked = await api.PostAsync(imports, new { sample = "shapes" }, cancellationToken);
        var import = await WaitAsync(api, $"{imports}/{(string)asked["id"]!}", cancellationToken);
        Say($"Imported {import["accepted"]} pictures.");
        var version = (string)(await api.PostAsync($"{orgs}/datasets/{dataset}/versions", new { seed = 0 }, cancellationToken))["id"]!;

        Say("Training a ResNet-18 from random weights on the processor, at 64 x 64 pixels.");
        var started = Stopwatch.GetTimestamp();
        var recipe = new
        {
            preset = "balanced",
            model = new { architecture = "resnet18", inputSize = 64 },
            transfer = new { pretrained = false },
            data = new { seed = 0 },
        };
        var run = (string)
            (
                await api.PostAsync(
                    $"{orgs}/runs",
                    new
                    {
                        project,
                        datasetVersion = version,
                        recipe,
                    },
                    cancellationToken
                )
            )["id"]!;
        var ended = await WaitAsync(api, $"{orgs}/runs/{run}", cancellationToken);
        var result = ended["result"]!;
        Say(
            $"Trained in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s: test accuracy {Percent(result["testAccuracy"]!)} "
                + $"(95 % interval {Percent(result["interval"]![0]!)} to {Percent(result["interval"]![1]!)}), "
                + $"cost {ended["cost"]!["amount"]} {ended["cost"]!["currency"]}."
        );

        var model = result["modelVersion"]!;
        var name = $"shapes-{run[^6..]}";
        await api.PostAsync(
            $"{orgs}/deployments",
            new
            {
                project,
                name,
                model = (string)model["model"]!,
                version = (int)model["version"]!,
            },
            cancellationToken
        );
        var deployment = await WaitAsync(api, $"{orgs}/deployments/{name}", cancellationToken);
        var image = (await api.GetAsync($"{orgs}/datasets/{dataset}/images?limit=1", cancellationToken))["items"]![0]!;
        var prediction = await api.PostAsync(
            $"{orgs}/deployments/{name}/predict",
            await api.DownloadAsync((string)image["content"]!, cancellationToken),
            cancellationToken
        );
        Say(
            $"Deployed as {deployment["url"]}; a picture of class '{image["class"]}' "
                + $"is predicted as '{prediction["label"]}' with {Percent(prediction["probability"]!)}."
        );
        Console.WriteLine(
            $"GpuGeek is running - look at {settings.PublicUrl}/{account.Org}/{project}/runs/{run} - sign in as {account.Email} with "
                + $"{account.Password}"
        );
    }

    private static async Task<Account> SignInAsync(DemoApi api, Settings settings, string link, CancellationToken cancellationToken)
    {
        var file = Path.Combine(settings.DataDirectory, "secrets", "demo.json");
        var token = link[(link.IndexOf("token=", StringComparison.Ordinal) + "token=".Length)..];
        if (File.Exists(file))
        {
            var known = JsonSerializer.Deserialize<Account>(await File.ReadAllTextAsync(file, cancellationToken))!;
            api.Token = (string)
                (await api.PostAsync("account/sign-in", new { email = known.Email, password = known.Password }, cancellationToken))[
                    "token"
                ]!;
            return known;
        }
        if (token.StartsWith("gg_link_", StringComparison.Ordinal))
        {
            var session = await api.PostAsync("account/sign-in-link", new { token }, cancellationToken);
            api.Token = (string)session["token"]!;
            return new((string)session["user"]!["email"]!, "your own password", (string)session["organizations"]![0]!["slug"]!);
        }
        var made = new Account("demo@gpugeek.local", RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", 16), "demo");
        var registered = await api.PostAsync(
            "account/register",
            new
            {
                email = made.Email,
                password = made.Password,
                displayName = "Demo",
                organization = "Demo",
                setupToken = token,
            },
            cancellationToken
        );
        made = made with { Org = (string)registered["organizations"]![0]!["slug"]! };
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(made), cancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        api.Token = (string)registered["token"]!;
        return made;
    }

    private static async Task<JsonNode> WaitAsync(DemoApi api, string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            var thing = await api.GetAsync($"{path}?wait=30", cancellationToken);
            switch ((string)thing["state"]!)
            {
                case "succeeded" or "live":
                    return thing;
                case "failed" or "canceled":
                    throw new PartFailedException("The demo", $"{path} has {thing["state"]}.", thing["error"]?.ToJsonString());
            }
        }
    }

    private static void Say(string text) => Console.WriteLine(text);

    private static string Percent(JsonNode share) => ((double)share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
