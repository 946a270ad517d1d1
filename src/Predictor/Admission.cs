namespace GpuGeek.Predictor;

/// <summary>Counts the predictions of each organisation, of all its deployments and from all Apis. Thread-safe.</summary>
internal sealed class Admission
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _active = new(StringComparer.Ordinal);

    /// <returns>False if the organisation has as many predictions as it may have. If true, <see cref="Leave"/> must be called.</returns>
    public bool TryEnter(string organisation, int limit)
    {
        lock (_gate)
        {
            var active = _active.GetValueOrDefault(organisation);
            if (active >= limit)
                return false;
            _active[organisation] = active + 1;
            return true;
        }
    }

    public void Leave(string organisation)
    {
        lock (_gate)
            if (--_active[organisation] == 0)
                _active.Remove(organisation);
    }
}
