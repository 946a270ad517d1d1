namespace GpuGeek.Training.Averaging;

/// <summary>The network of the last step, as it is.</summary>
internal sealed class NoAveraging : IAveraging, IDisposable
{
    public void Follow(long step) { }

    public IDisposable Show() => this;

    public void Dispose() { }
}
