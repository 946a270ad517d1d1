namespace GpuGeek.Web.Components.Pages.Deployments;

/// <summary>Programs that run as printed, with the key in the environment variable GPUGEEK_KEY and a picture as the argument.</summary>
public static class Snippets
{
    public static IReadOnlyList<(string Language, Func<string, string> Of)> All { get; } =
    [("curl", Curl), ("C#", CSharp), ("Python", Python), ("JavaScript", JavaScript)];

    public static string Curl(string url) =>
        $"""
            curl -sS -H "Authorization: Bearer $GPUGEEK_KEY" \
              --data-binary @photo.jpg \
              "{url}?top=3"
            """;

    public static string CSharp(string url) =>
        $$"""
            // dotnet run predict.cs photo.jpg
            using System.Net.Http.Headers;

            using var http = new HttpClient();
            var key = Environment.GetEnvironmentVariable("GPUGEEK_KEY");
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var picture = new ByteArrayContent(await File.ReadAllBytesAsync(args[0]));
            using var response = await http.PostAsync("{{url}}?top=3", picture);
            Console.WriteLine(await response.Content.ReadAsStringAsync());
            """;

    public static string Python(string url) =>
        $$"""
            # python3 predict.py photo.jpg
            import json, os, sys, urllib.request

            request = urllib.request.Request(
                "{{url}}?top=3",
                data=open(sys.argv[1], "rb").read(),
                headers={"Authorization": "Bearer " + os.environ["GPUGEEK_KEY"], "Content-Type": "application/octet-stream"})
            with urllib.request.urlopen(request) as response:
                print(json.load(response))
            """;

    public static string JavaScript(string url) =>
        $$"""
            // node predict.mjs photo.jpg
            import { readFile } from 'node:fs/promises';

            const response = await fetch('{{url}}?top=3', {
              method: 'POST',
              headers: { Authorization: `Bearer ${process.env.GPUGEEK_KEY}`, 'Content-Type': 'application/octet-stream' },
              body: await readFile(process.argv[2]),
            });
            console.log(JSON.stringify(await response.json()));
            """;
}
