namespace GpuGeek.Api.Features.Deployments;

/// <summary>How often the reconciler looks.</summary>
/// <param name="Probe">Between two questions to a predictor whether it still is the same process.</param>
/// <param name="Poll">Between two comparisons of everything, in case a notification was lost.</param>
/// <param name="MoveAfter">How long a predictor is lost before its deployments move to others.</param>
/// <param name="Retry">The first pause after a failure; it doubles up to the interval of the poll.</param>
/// <param name="Lease">Between two tries to take the lease, and two checks that it still is held.</param>
internal sealed record ReconcilerTimes(TimeSpan Probe, TimeSpan Poll, TimeSpan MoveAfter, TimeSpan Retry, TimeSpan Lease)
{
    public static readonly ReconcilerTimes Default = new(
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(15),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2)
    );
}
