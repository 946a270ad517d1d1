using GpuGeek.Api.Common;
using GpuGeek.Contracts.Live;

namespace GpuGeek.Api.Features.Live;

internal static class LiveSetup
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSignalR(options =>
        {
            options.MaximumReceiveMessageSize = 4 << 10;
            options.EnableDetailedErrors = false;
        }).AddJsonProtocol(protocol => protocol.PayloadSerializerOptions.Converters.Add(new UtcJson()));
        return services.AddSingleton<Watchers>().AddHostedService<WatchLoop>();
    }

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapHub<RunHub>(LiveHub.Path).RequireAuthorization();
}
