namespace GpuGeek.Worker.Tests.Support;

/// <summary>A running clock that a test can move forward.</summary>
internal sealed class Calendar : TimeProvider
{
    private TimeSpan _ahead;

    public void Turn(double days) => _ahead += TimeSpan.FromDays(days);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
}
