namespace GpuGeek.Domain.Deployments;

/// <summary>The name of a deployment in Predictor. It begins with the organisation, between which Predictor takes turns.</summary>
public static class DeploymentKey
{
    public static string Of(Guid org, Guid deployment) => $"{Organisation(org)}-{deployment:N}";

    public static string Organisation(Guid org) => $"{org:N}";

    /// <returns>Null: the key is not of this form.</returns>
    public static Guid? Deployment(string key) => Guid.TryParseExact(key.Split('-')[^1], "N", out var id) ? id : null;

    /// <summary>The part before the first hyphen; a key without one is its own organisation.</summary>
    public static string Organisation(string key) => key.Split('-')[0];
}
