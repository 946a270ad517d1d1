using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Support;

/// <summary>One host for the tests of a class; fresh organisations keep the tests apart.</summary>
public sealed class SharedApplication(PostgresFixture postgres) : IAsyncDisposable
{
    public PostgresFixture Postgres => postgres;
    public ApiApplication App { get; } = new(postgres);

    public ValueTask DisposeAsync() => App.DisposeAsync();
}

/// <summary>The same with a real socket: for behaviour that an in-memory server does not have, such as a broken connection.</summary>
public sealed class ListeningApplication : IAsyncDisposable
{
    public ListeningApplication(PostgresFixture postgres)
        : this(postgres, reconciles: false) { }

    // A fixture may have one public constructor.
    internal ListeningApplication(PostgresFixture postgres, bool reconciles)
    {
        App = new(postgres, reconciles: reconciles);
        App.UseKestrel(0);
        App.StartServer();
    }

    public ApiApplication App { get; }

    /// <summary>A client that streams its bodies; the factory's own reads them into memory first.</summary>
    public static HttpClient Streaming(TenantSession session) =>
        new() { BaseAddress = session.Http.BaseAddress, DefaultRequestHeaders = { Authorization = new("Bearer", session.Token) } };

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
