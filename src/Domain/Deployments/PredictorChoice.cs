namespace GpuGeek.Domain.Deployments;

/// <summary>Chooses the predictors of a deployment.</summary>
public static class PredictorChoice
{
    /// <summary>Whether the present ones are what <see cref="Choose"/> would choose.</summary>
    public static bool Fits(IReadOnlyCollection<string> present, int replicas, IReadOnlyCollection<string> usable) =>
        usable.Count == 0 || present.Count == Math.Min(replicas, usable.Count) && present.All(usable.Contains);

    /// <summary>Keeps the present ones that are usable, removes those with the most bytes while there are too many, and adds those with
    /// the fewest bytes while there are too few.</summary>
    /// <param name="present">Where the deployment is placed.</param>
    /// <param name="replicas">How many are wanted.</param>
    /// <param name="usable">The predictors that answer, or have not been lost for long. If there are none, nothing moves.</param>
    /// <param name="bytes">Bytes of the models that are placed on each predictor; a missing one has none.</param>
    public static string[] Choose(
        IReadOnlyCollection<string> present,
        int replicas,
        IReadOnlyCollection<string> usable,
        IReadOnlyDictionary<string, long> bytes
    )
    {
        if (usable.Count == 0)
            return [.. present];
        return [.. present.Intersect(usable).OrderBy(Bytes).Concat(usable.Except(present).OrderBy(Bytes)).Take(replicas)];
        long Bytes(string predictor) => bytes.GetValueOrDefault(predictor);
    }
}
