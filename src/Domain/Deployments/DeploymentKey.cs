namespace GpuGeek.Domain.Deployments;

/// <summary>The name of a deployment in Predictor. It begins with the organisation, between which Predictor takes turns.</summary>
public static class DeploymentKey
{
    public static string Of(Guid org, Guid deployment) => $"{org:N}-{deployment:N}";

    /// <summary>The part before the first hyphen; a key without one is its own organisation.</summary>
    public static string Organisation(string key) => key.Split('-')[0];
}
