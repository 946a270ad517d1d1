using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Comments;

public sealed record CreateCommentRequest
{
    /// <summary>Plain text; line breaks are kept. <c>@name</c> or <c>@email</c> of a member mentions that member.</summary>
    /// <example>@ann@example.org the tulips look mislabelled.</example>
    [Required, StringLength(4000, MinimumLength = 1)]
    public required string Text { get; init; }
}

public sealed record UpdateCommentRequest
{
    /// <summary>The complete new text. Members who are mentioned for the first time are notified.</summary>
    /// <example>@ann@example.org the tulips were mislabelled.</example>
    [Required, StringLength(4000, MinimumLength = 1)]
    public required string Text { get; init; }
}

/// <param name="Author">Id of the member who wrote it.</param>
/// <param name="AuthorName">Name of the author at that time.</param>
/// <param name="Text">Plain text. Never render it as HTML.</param>
/// <param name="Mentions">Positions of the mentions in the text, in order.</param>
/// <param name="EditedAt">Null: never edited.</param>
public sealed record CommentResponse(
    Guid Id,
    Guid Author,
    string AuthorName,
    string Text,
    IReadOnlyList<MentionSpanResponse> Mentions,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt
);

/// <param name="Name">The member's name at that time.</param>
/// <param name="Start">Position of the <c>@</c> in the text, in UTF-16 code units.</param>
/// <param name="Length">Length including the <c>@</c>.</param>
public sealed record MentionSpanResponse(Guid User, string Name, int Start, int Length);

/// <summary>A comment that mentions the caller.</summary>
/// <param name="Project">Slug of the project.</param>
/// <param name="Name">Name of the commented item.</param>
/// <param name="Run">The commented item: this run, or one of the next two.</param>
/// <param name="ReadAt">Null: not read yet.</param>
public sealed record MentionResponse(
    Guid Id,
    CommentResponse Comment,
    string Project,
    string Name,
    Guid? Run,
    DatasetVersionRef? DatasetVersion,
    ModelVersionRef? ModelVersion,
    DateTimeOffset? ReadAt
);

public sealed record DatasetVersionRef(Guid Dataset, Guid Version, int Number);

public sealed record UnreadMentionsResponse(int Count);

/// <summary>Marks mentions of the caller as read.</summary>
public sealed record ReadMentionsRequest
{
    /// <summary>Id of one mention; null: all mentions.</summary>
    public Guid? Mention { get; init; }
}
