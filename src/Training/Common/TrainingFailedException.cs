using GpuGeek.Domain.Common;

namespace GpuGeek.Training.Common;

/// <summary>The run cannot succeed however often it is tried.</summary>
internal sealed class TrainingFailedException(Failure failure) : Exception(failure.Detail)
{
    public TrainingFailedException(string code, string title, string detail, string? hint)
        : this(new Failure(code, title, detail, hint)) { }

    public Failure Failure { get; } = failure;
}

/// <summary>The supervisor asked to stop; what can be resumed is on the disk.</summary>
internal sealed class TrainingStoppedException : Exception;
