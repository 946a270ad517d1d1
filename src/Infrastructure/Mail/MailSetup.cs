using GpuGeek.Domain.Mail;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Infrastructure.Mail;

public static class MailSetup
{
    internal static void AddMailOutbox(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<MailOptions>()
            .Configure(o =>
            {
                o.IsOn = configuration["GPUGEEK_SMTP_HOST"] is { Length: > 0 };
                o.KeysFolder = configuration["GPUGEEK_KEYS"];
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<MailOutbox>();
    }

    /// <summary>For the process that sends mail.</summary>
    /// <returns>Whether the installation sends mail.</returns>
    public static bool AddMailPost(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["GPUGEEK_SMTP_HOST"] is not { Length: > 0 } host)
            return false;
        services
            .AddOptions<SmtpOptions>()
            .Configure(o =>
            {
                o.Host = host;
                o.Port = configuration.GetValue("GPUGEEK_SMTP_PORT", o.Port);
                o.User = configuration["GPUGEEK_SMTP_USER"];
                o.Password = configuration["GPUGEEK_SMTP_PASSWORD"];
                o.From = configuration["GPUGEEK_SMTP_FROM"] ?? "";
                o.Security = configuration["GPUGEEK_SMTP_SECURITY"] is { Length: > 0 } security ? security.ToLowerInvariant() : o.Security;
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IMailSender, SmtpMailSender>().AddSingleton<MailPost>();
        return true;
    }
}
