using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Verbs;

/// <summary>For a person who has lost the password, or the second factor with its recovery codes: prints a one-time link to set a new
/// password.</summary>
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
            Console.Error.WriteLine($"No account has the email address {email}.");
            return 1;
        }
        var now = TimeProvider.System.GetUtcNow();
        if (rest.Length > 0 && await db.SecondFactors.Where(f => f.UserId == user.Id).ExecuteDeleteAsync() > 0)
        {
            db.AccountEvents.Add(AccountEvent.Of(user.Id, AccountEventKind.SecondFactorOff, now, "", "GpuGeek.Api reset-password", null));
            services
                .GetRequiredService<MailOutbox>()
                .Add(
                    db,
                    new(MailKind.SecondFactorRemoved, user.Email!, "en", origin, user.DisplayName)
                    {
                        At = now,
                        Address = "",
                        Agent = "GpuGeek.Api reset-password",
                    }
                );
        }
        db.AccountEvents.Add(AccountEvent.Of(user.Id, AccountEventKind.ResetLinkMade, now, "", "GpuGeek.Api reset-password", null));
        var token = await ResetLinks.MakeAsync(db, user.Id, "made by the operator", Lifetime, now, CancellationToken.None);
        Console.WriteLine($"{origin}/reset-password#{token}");
        return 0;
    }
}
