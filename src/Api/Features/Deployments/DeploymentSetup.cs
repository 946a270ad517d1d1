using GpuGeek.Api.Shared;

namespace GpuGeek.Api.Features.Deployments;

internal static class DeploymentSetup
{
    public static IServiceCollection AddDeployments(this IServiceCollection services) =>
        services
            .AddSingleton<PredictorPool>()
            .AddSingleton(ReconcilerTimes.Default)
            .AddSingleton<DeploymentOutcome>()
            .AddSingleton<PredictionGate>()
            .AddHostedService<DeploymentReconciler>();

    public static void UsePredictionGate(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<PredictionGate>();
        app.Use(gate.InvokeAsync);
    }
}
