namespace GpuGeek.Domain.Datasets;

/// <summary>Light work on the queue <see cref="Queue"/>. Delivered at least once: it claims the row and does nothing if another worker
/// has it or it is done.</summary>
public interface IImportJob
{
    const string Queue = "light";

    Task RunAsync(Guid org, Guid import, CancellationToken cancellationToken);
}
