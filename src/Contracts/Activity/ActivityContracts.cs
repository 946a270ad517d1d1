namespace GpuGeek.Contracts.Activity;

/// <summary>An action in a project. Lists are newest first.</summary>
/// <param name="Who">Name of the person at that time.</param>
/// <param name="ByKey">The action was done with an API key of that person.</param>
/// <param name="Action"><c>noun.verb</c>, such as <c>run.create</c> or <c>comment.create</c>.</param>
/// <param name="Subject">The object of the action.</param>
/// <param name="Excerpt">The beginning of a comment, as plain text.</param>
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
/// <param name="Key">Its id. For a model version <c>model/number</c>; for a project or deployment its slug.</param>
/// <param name="Name">Current name; the last known name if it was deleted; empty if unknown.</param>
/// <param name="Parent">For a dataset version: the id of its dataset.</param>
/// <param name="Exists">It still exists and can be viewed.</param>
public sealed record ActivitySubject(string Kind, string Key, string Name, Guid? Parent, bool Exists);
