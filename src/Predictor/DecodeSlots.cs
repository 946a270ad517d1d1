namespace GpuGeek.Predictor;

/// <summary>Identity of this process: new at every start.</summary>
internal sealed record PredictorIdentity(Guid BootId);

/// <summary>Limits concurrent decoding: each picture may take a few hundred megabytes.</summary>
internal sealed class DecodeSlots : IDisposable
{
    private readonly SemaphoreSlim _slots = new(Math.Max(2, Environment.ProcessorCount));

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();
}
