using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Accounts.Passkeys;

/// <summary>An installation with a domain name under https.</summary>
public sealed class NamedApplication(PostgresFixture postgres) : IAsyncDisposable
{
    public ApiApplication App { get; } =
        new(postgres, settings: new Dictionary<string, string> { ["GPUGEEK_PUBLIC_URL"] = "https://gpugeek.test" });
    public PostgresFixture Postgres => postgres;

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
