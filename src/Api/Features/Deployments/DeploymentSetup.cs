using GpuGeek.Api.Shared;

namespace GpuGeek.Api.Features.Deployments;

internal static class DeploymentSetup
{
    public static IServiceCollection AddDeployments(this IServiceCollection services) =>
        services
            .AddSingleton<PredictorClient>()
            .AddSingleton<PredictionGate>()
            .AddSingleton<DeploymentReconciler>()
            .AddHostedService(provider => provider.GetRequiredService<DeploymentReconciler>());

    public static void UsePredictionGate(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<PredictionGate>();
        app.Use(gate.InvokeAsync);
    }
}
