using GpuGeek.Infrastructure.Accounts;
using Microsoft.AspNetCore.Identity;

namespace GpuGeek.Api.Features.Accounts;

internal static class AccountSetup
{
    public static IServiceCollection AddAccounts(this IServiceCollection services) =>
        services
            .AddSingleton<SignInPace>()
            .AddScoped<SignInChecks>()
            .AddSingleton<IPasswordHasher<ApplicationUser>, PasswordHasher<ApplicationUser>>()
            .ConfigureOptions<PasskeyRules>();
}
