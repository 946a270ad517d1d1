using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Verbs;

/// <summary>Prints the one-time link of a start. Older unused links of the same kind become invalid.</summary>
internal static class LinkVerb
{
    private static readonly TimeSpan SetupLifetime = TimeSpan.FromDays(7);
    private static readonly TimeSpan SignInLifetime = TimeSpan.FromMinutes(15);

    public static async Task<int> RunAsync()
    {
        var origin = VerbTable.Variable("GPUGEEK_PUBLIC_URL").TrimEnd('/');
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection().AddLogging().AddInfrastructure(configuration).BuildServiceProvider();
        await using var db = services.GetRequiredService<IDbContexts>().System();
        var user = await db.Users.Where(u => u.IsOperator).OrderBy(u => u.CreatedAt).Select(u => (Guid?)u.Id).FirstOrDefaultAsync();
        var kind = user is null ? TokenKind.Setup : TokenKind.SignInLink;
        var now = TimeProvider.System.GetUtcNow();
        await db.Tokens.Where(t => t.Kind == kind && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now));
        var token = TokenFormat.Create(kind);
        db.Tokens.Add(
            new()
            {
                Id = Guid.CreateVersion7(now),
                Kind = kind,
                Hash = TokenFormat.Hash(token),
                Prefix = TokenFormat.Recognizable(token),
                UserId = user,
                Name = "printed at start",
                CreatedAt = now,
                ExpiresAt = now + (user is null ? SetupLifetime : SignInLifetime),
            }
        );
        await db.SaveChangesAsync();
        Console.WriteLine($"{origin}/{(user is null ? "setup" : "sign-in/link")}?token={token}");
        return 0;
    }
}
