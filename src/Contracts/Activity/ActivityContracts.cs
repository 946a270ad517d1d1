namespace GpuGeek.Contracts.Activity;

/// <summary>Something that was done in a project, newest first.</summary>
/// <param name="Who">Name of the person as it was at that time.</param>
/// <param name="ByKey">An API key of that person did it.</param>
/// <param name="Action"><c>noun.verb</c>, such as <c>run.create</c> or <c>comment.create</c>.</param>
/// <param name="Subject">What it was done to.</param>
/// <param name="Excerpt">Of a comment: its beginning, as plain text.</param>
public sealed record ActivityResponse(
    Guid Id,
    DateTimeOffset At,
    string Who,
    bool ByKey,
    string Action,
    ActivitySubject Subject,
    string? Excerpt
);

/// <param name="Kind"><c>project</c>, <c>dataset</c>, <c>dataset_version</c>, <c>run</c>, <c>model_version</c>, <c>weights</c> or
/// <c>deployment</c>.</param>
/// <param name="Key">Its id; of a model version <c>model/number</c>; of a project or deployment its name in addresses.</param>
/// <param name="Name">As it is now; as it was where it is gone; empty where that is not known.</param>
/// <param name="Parent">Of a dataset version: the id of its dataset.</param>
/// <param name="Exists">It can still be looked at.</param>
public sealed record ActivitySubject(string Kind, string Key, string Name, Guid? Parent, bool Exists);
