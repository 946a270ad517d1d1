using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;

namespace GpuGeek.Worker.Imports;

/// <summary>An import under a lease; its owner and attempt are named in every write.</summary>
/// <param name="Restarts">As they were when it was claimed.</param>
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

/// <summary>Another worker has the import, or it is over: this one writes nothing more.</summary>
internal sealed class StaleImportException(Guid import) : Exception($"This worker no longer owns the import {import}.");
