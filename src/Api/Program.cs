using GpuGeek.Api.Features;
using GpuGeek.Api.Features.Accounts;
using GpuGeek.Api.Features.Datasets;
using GpuGeek.Api.Features.Deployments;
using GpuGeek.Api.Features.Jobs;
using GpuGeek.Api.Features.Live;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Verbs;
using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Storage;

if (args is [var verb, ..] && VerbTable.Find(verb) is { } run)
    return await run(args[1..]);

var builder = WebApplication.CreateBuilder(args);
builder.AddApiOptions();
builder.Services.AddTelemetry(builder.Configuration, "api");
builder.Services.AddInfrastructure(builder.Configuration).AddObjectUrls(builder.Configuration).AddLiveListener().AddDatabasePulse();
builder.Services.AddTokensAndTenants().AddProblems().AddValidation().AddRateLimits(builder.Configuration).AddApiDescription();
builder
    .Services.AddSingleton<LongPoll>()
    .AddSingleton<ImageAnchors>()
    .AddSingleton<EditProgress>()
    .AddScoped<ImageFilterQuery>()
    .AddAccounts()
    .AddDeployments()
    .AddLive()
    .AddRecurringDashboard();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseRequestIds();
app.UseUploadMethodOverride();
app.UseRoutingWithHead();
app.UseDatabaseGate();
app.UsePredictionGate();
app.UseAuthentication();

// Before authorization: requests without a valid token are counted too.
app.UseRequestLimitHeaders();
app.UseRateLimiter();
app.UseAuthorization();
app.UseMiddleware<IdempotencyMiddleware>();
app.MapApiDescription();
app.MapFeatures();
await app.RunAsync();
return 0;

/// <summary>Public so that tests can host it.</summary>
public partial class Program;
