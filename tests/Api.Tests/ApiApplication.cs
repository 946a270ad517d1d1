using GpuGeek.Api.Features.Deployments;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Projects;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests;

/// <summary>A person signed in to an organisation of their own.</summary>
public sealed record TenantSession(
    ApiApplication App,
    GpuGeekClient Client,
    HttpClient Http,
    string Org,
    string Token,
    string Email,
    string Password
);

/// <summary>The API in this process on the real database: tests use HTTP and state what they need, not how.</summary>
public sealed class ApiApplication : WebApplicationFactory<Program>
{
    private static int _count;
    private readonly PostgresFixture _postgres;
    private readonly Action<IServiceCollection>? _change;
    private readonly IReadOnlyDictionary<string, string>? _settings;
    private readonly bool _reconciles;
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-api-").FullName;

    /// <param name="change">Replaces services, to simulate a mistake.</param>
    /// <param name="reconciles">It loads deployments into its predictors. One Api of a database does, so the others have none.</param>
    /// <param name="settings">Variables in addition to those of every test.</param>
    public ApiApplication(
        PostgresFixture postgres,
        bool registrationOpen = true,
        Action<IServiceCollection>? change = null,
        IReadOnlyDictionary<string, string>? settings = null,
        bool reconciles = false
    )
    {
        _reconciles = reconciles;
        _settings = settings;
        _postgres = postgres;
        _change = change;
        RegistrationOpen = registrationOpen;
        PredictorSocket = Path.Combine(_folder, "predictor.sock");
        ObjectsFolder = Path.Combine(_folder, "objects");
    }

    public bool RegistrationOpen { get; }
    public string PredictorSocket { get; }
    public string ObjectsFolder { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IEnumerable<(string Name, string Value)> Settings =>
        [
            ("GPUGEEK_DB", _postgres.Connections.App),
            ("GPUGEEK_DB_SYSTEM", _postgres.Connections.System),
            ("GPUGEEK_DB_HANGFIRE", _postgres.Connections.Hangfire),
            ("GPUGEEK_OBJECTS", ObjectsFolder),
            ("GPUGEEK_KEYS", Path.Combine(_folder, "keys")),
            ("GPUGEEK_PUBLIC_URL", "http://gpugeek.test"),
            ("GPUGEEK_FRONT_SECRET", "front"),
            ("GPUGEEK_PREDICTORS", PredictorSocket),
            ("GPUGEEK_PREDICTOR_PATIENCE", "2"),
        ];

    /// <summary>Variables for the same API in a separate process.</summary>
    public void SettingsTo(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Settings)
            environment[name] = value;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        foreach (var (name, value) in Settings)
            builder.UseSetting(name, value);
        if (RegistrationOpen)
            builder.UseSetting("GPUGEEK_REGISTRATION", "open");
        // Some tests send thousands of requests a minute on purpose; the limits have their own tests.
        foreach (var limit in (string[])["KEY", "ACCOUNT", "ADDRESS"])
            builder.UseSetting($"GPUGEEK_LIMIT_{limit}", "0");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        foreach (var (name, value) in _settings ?? new Dictionary<string, string>())
            builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            // Slow password hashing protects passwords; the tests register hundreds of people whose passwords need no protection.
            services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1000);
            if (!_reconciles)
                services.Remove(services.Single(s => s.ImplementationType == typeof(DeploymentReconciler)));
            _change?.Invoke(services);
        });
    }

    /// <summary>Database access with the rights of a worker or an operator.</summary>
    public GpuGeekDbContext SystemDatabase() => Services.GetRequiredService<IDbContexts>().System();

    public IDbContexts Contexts => Services.GetRequiredService<IDbContexts>();

    public HttpClient HttpWith(string? token)
    {
        var http = CreateClient();
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        // Each client has its own address, or the tests' sign-ins would be limited together.
        http.DefaultRequestHeaders.Add("X-GpuGeek-Front", "front");
        http.DefaultRequestHeaders.Add("X-GpuGeek-Client", $"10.0.{Random.Shared.Next(256)}.{Random.Shared.Next(256)}");
        return http;
    }

    public async Task<TenantSession> RegisterAsync(string? setupToken = null)
    {
        await EnsureOperatorAsync();
        var number = Interlocked.Increment(ref _count);
        var (email, password) = (
            $"person{number}-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}@example.org",
            "a long enough phrase"
        );
        var http = HttpWith(null);
        var session = await new GpuGeekClient(http).RegisterAsync(
            new()
            {
                Email = email,
                Password = password,
                DisplayName = $"Person {number}",
                Organization = $"Org {number}",
                SetupToken = setupToken,
            },
            Cancel
        );
        var own = HttpWith(session.Token);
        return new(this, new(own, session.Token), own, session.Organizations[0].Slug, session.Token, email, password);
    }

    public async Task<(TenantSession Session, ProjectResponse Project)> RegisterWithProjectAsync()
    {
        var session = await RegisterAsync();
        return (session, await session.Client.CreateProjectAsync(session.Org, new() { Name = "Flowers" }, Cancel));
    }

    /// <summary>A second person in the same organisation.</summary>
    public async Task<TenantSession> JoinAsync(TenantSession owner, Role role)
    {
        var person = await RegisterAsync();
        await using var db = SystemDatabase();
        var org = db.Organizations.Single(o => o.Slug == owner.Org).Id;
        var user = db.Users.Single(u => u.Email == person.Email).Id;
        db.Members.Add(
            new()
            {
                OrgId = org,
                UserId = user,
                Role = role,
                JoinedAt = TimeProvider.System.GetUtcNow(),
            }
        );
        await db.SaveChangesAsync(Cancel);
        return person with { Org = owner.Org };
    }

    // Registration is closed until there is an operator, so the database gets one that no test uses.
    private async Task EnsureOperatorAsync()
    {
        await using var db = SystemDatabase();
        await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
        // Test classes run in parallel, and the first of each may come here.
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(1)", Cancel);
        if (db.Users.Any(u => u.IsOperator))
            return;
        db.Users.Add(
            new()
            {
                Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
                Email = "operator@example.org",
                NormalizedEmail = "OPERATOR@EXAMPLE.ORG",
                UserName = "operator",
                DisplayName = "Operator",
                IsOperator = true,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            }
        );
        await db.SaveChangesAsync(Cancel);
        await transaction.CommitAsync(Cancel);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        // A test may have stopped it before.
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
