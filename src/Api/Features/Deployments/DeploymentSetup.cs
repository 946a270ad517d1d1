using GpuGeek.Api.Shared;

namespace GpuGeek.Api.Features.Deployments;

internal static class DeploymentSetup
{
    public static IServiceCollection AddDeployments(this IServiceCollection services) =>
        services
            .AddSingleton<PredictorClient>()
            .AddSingleton<DeploymentReconciler>()
            .AddHostedService(provider => provider.GetRequiredService<DeploymentReconciler>());
}
