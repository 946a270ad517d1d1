using GpuGeek.Api.Http;
using GpuGeek.Contracts.Live;
using Microsoft.AspNetCore.SignalR;

namespace GpuGeek.Api.Features.Live;

internal static class LiveSetup
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services
            .AddSignalR(options =>
            {
                options.MaximumReceiveMessageSize = 4 << 10;
                options.EnableDetailedErrors = false;
                options.AddFilter<RefusalFilter>();
            })
            .AddJsonProtocol(protocol => protocol.PayloadSerializerOptions.Converters.Add(new UtcJson()));
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.None));
        return services
            .AddSingleton<RefusalFilter>()
            .AddSingleton<Watchers>()
            .AddSingleton<MembershipLookup>()
            .AddHostedService<WatchLoop>();
    }

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapHub<RunHub>(LiveHub.Path).RequireAuthorization();
}
