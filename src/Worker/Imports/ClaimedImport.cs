using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Worker.Imports;

/// <summary>An import under a lease; every write names its owner and attempt.</summary>
/// <param name="Restarts">The counters at the time of the claim.</param>
internal sealed record ClaimedImport(
    Guid OrgId,
    Guid Id,
    Guid DatasetId,
    ImportSource Source,
    string FileName,
    string Owner,
    int Attempt,
    Restartable Restarts
);

/// <summary>Another worker has the import, or it has ended: this worker must not write any more.</summary>
internal sealed class StaleImportException(Guid import) : Exception($"This worker no longer owns the import {import}.");
