using System.ComponentModel.DataAnnotations;
using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Comments;

public sealed record CreateCommentRequest
{
    /// <summary>Plain text; lines are kept. <c>@name</c> or <c>@email</c> of a member mentions that person.</summary>
    /// <example>@ann@example.org the tulips look mislabelled.</example>
    [Required, StringLength(4000, MinimumLength = 1)]
    public required string Text { get; init; }
}

public sealed record UpdateCommentRequest
{
    /// <summary>The whole new text. Who is named in it for the first time is told.</summary>
    /// <example>@ann@example.org the tulips were mislabelled.</example>
    [Required, StringLength(4000, MinimumLength = 1)]
    public required string Text { get; init; }
}

/// <param name="Author">Id of the member who wrote it.</param>
/// <param name="AuthorName">As it was at that time.</param>
/// <param name="Text">Plain text: show it as such, never as HTML.</param>
/// <param name="Mentions">Where the text names members, in its order.</param>
/// <param name="EditedAt">Null: never.</param>
public sealed record CommentResponse(
    Guid Id,
    Guid Author,
    string AuthorName,
    string Text,
    IReadOnlyList<MentionSpanResponse> Mentions,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EditedAt
);

/// <param name="Name">The member's name as it was at that time.</param>
/// <param name="Start">Of the <c>@</c> in the text, in UTF-16 code units.</param>
/// <param name="Length">With the <c>@</c>.</param>
public sealed record MentionSpanResponse(Guid User, string Name, int Start, int Length);

/// <summary>A comment that names the caller.</summary>
/// <param name="Project">Slug of the project.</param>
/// <param name="Name">Of what was commented on.</param>
/// <param name="Run">What was commented on: this, or one of the next two.</param>
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
    /// <summary>One of them; null: all there are.</summary>
    public Guid? Mention { get; init; }
}
