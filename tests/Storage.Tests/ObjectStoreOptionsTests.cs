using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Infrastructure.Storage.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GpuGeek.Storage.Tests;

public sealed class TheStoreThatTheVariablesName
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "gpugeek-options-test");

    private static ServiceProvider Services(params (string Name, string Value)[] variables)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(variables.Select(v => KeyValuePair.Create(v.Name, (string?)v.Value)))
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddObjectStore(configuration)
            .AddObjectUrls(configuration)
            .BuildServiceProvider();
    }

    private static string Refusal(params (string, string)[] variables)
    {
        using var services = Services(variables);
        return Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IObjectStore>()).Message;
    }

    private static readonly (string, string)[] S3 =
    [
        ("GPUGEEK_S3_ENDPOINT", "https://s3.example.org"),
        ("GPUGEEK_S3_BUCKET", "pictures"),
        ("GPUGEEK_S3_ACCESS_KEY", "a"),
        ("GPUGEEK_S3_SECRET_KEY", "s"),
    ];

    [Fact]
    public void Is_a_folder()
    {
        using var services = Services(("GPUGEEK_OBJECTS", Folder));
        Assert.IsType<FolderObjectStore>(services.GetRequiredService<IObjectStore>());
        Assert.IsType<FolderObjectUrls>(services.GetRequiredService<IObjectUrls>());
    }

    [Fact]
    public async Task Is_a_bucket_whose_addresses_name_the_host_that_people_reach()
    {
        await using var services = Services([
            .. S3,
            ("GPUGEEK_S3_PUBLIC_ENDPOINT", "https://files.example.org:8443"),
            ("GPUGEEK_S3_REGION", "eu-central-1"),
        ]);
        Assert.IsType<S3ObjectStore>(services.GetRequiredService<IObjectStore>());
        var urls = services.GetRequiredService<IObjectUrls>();
        var address = (await urls.SignDownloadAsync("orgs/a", "a", TimeSpan.FromMinutes(1))).AbsoluteUri;
        Assert.StartsWith("https://files.example.org:8443/pictures/orgs/a?", address, StringComparison.Ordinal);
        Assert.Contains("eu-central-1", address, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_guessed_when_nothing_is_set()
    {
        var refusal = Refusal();
        Assert.Contains("GPUGEEK_OBJECTS", refusal, StringComparison.Ordinal);
        Assert.Contains("GPUGEEK_S3_ENDPOINT", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_not_chosen_when_both_are_set() =>
        Assert.Contains("Unset one", Refusal([.. S3, ("GPUGEEK_OBJECTS", Folder)]), StringComparison.Ordinal);

    [Theory]
    [InlineData("BUCKET")]
    [InlineData("ACCESS_KEY")]
    [InlineData("SECRET_KEY")]
    public void Asks_for_what_is_missing(string name) =>
        Assert.Contains($"GPUGEEK_S3_{name}", Refusal([.. S3.Where(v => v.Item1 != $"GPUGEEK_S3_{name}")]), StringComparison.Ordinal);

    [Theory]
    [InlineData("s3.example.org")]
    [InlineData("ftp://s3.example.org")]
    [InlineData("https://s3.example.org/bucket")]
    [InlineData("https://user:secret@s3.example.org")]
    public void Refuses_what_is_no_address(string endpoint) =>
        Assert.Contains("GPUGEEK_S3_ENDPOINT must be", Refusal([.. S3[1..], ("GPUGEEK_S3_ENDPOINT", endpoint)]), StringComparison.Ordinal);

    [Theory]
    [InlineData("ab")]
    [InlineData("Pictures")]
    [InlineData("my_pictures")]
    [InlineData("pictures-")]
    public void Refuses_what_S3_takes_for_no_name_of_a_bucket(string bucket) =>
        Assert.Contains(
            "GPUGEEK_S3_BUCKET must be",
            Refusal([.. S3.Where(v => v.Item1 != "GPUGEEK_S3_BUCKET"), ("GPUGEEK_S3_BUCKET", bucket)]),
            StringComparison.Ordinal
        );
}
