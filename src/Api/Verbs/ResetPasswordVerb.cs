using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Verbs;

/// <summary>For a person who has lost the password, or the second factor with its recovery codes: prints a one-time link to set a new password.</summary>
internal static class ResetPasswordVerb
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var email, .. var rest] || rest is not ([] or ["--remove-second-factor"]))
        {
            Console.Error.WriteLine("usage: GpuGeek.Api reset-password EMAIL [--remove-second-factor]");
            return 2;
        }
        var origin = VerbTable.Variable("GPUGEEK_PUBLIC_URL").TrimEnd('/');
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection().AddLogging().AddInfrastructure(configuration).BuildServiceProvider();
        await using var db = services.GetRequiredService<IDbContexts>().System();
        var normalized = email.Trim().ToUpperInvariant();
        if (await db.Users.FirstOrDefaultAsync(u => u.NormalizedEmail == normalized) is not { } user)
        {
            Console.Error.WriteLine($"Nobody here has the email address {email}.");
            return 1;
        }
        var now = TimeProvider.System.GetUtcNow();
        if (rest.Length > 0) await db.SecondFactors.Where(f => f.UserId == user.Id).ExecuteDeleteAsync();
        await db.Tokens.Where(t => t.Kind == TokenKind.PasswordReset && t.UserId == user.Id && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now));
        var token = TokenFormat.Create(TokenKind.PasswordReset);
        db.Tokens.Add(new()
        {
            Id = Guid.CreateVersion7(now), Kind = TokenKind.PasswordReset, Hash = TokenFormat.Hash(token), Prefix = TokenFormat.Recognizable(token), UserId = user.Id, Name = "made by the operator", CreatedAt = now, ExpiresAt = now + Lifetime,
        });
        await db.SaveChangesAsync();
        Console.WriteLine($"{origin}/reset-password#{token}");
        return 0;
    }
}
