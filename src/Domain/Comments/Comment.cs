using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Comments;

/// <summary>A comment of a member on a run, a dataset version or a model version: on exactly one of them. Plain text.</summary>
public sealed class Comment : ITenantOwned
{
    public const int MaxLength = 4000;

    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid ProjectId { get; init; }
    public Guid? RunId { get; init; }
    public Guid? DatasetVersionId { get; init; }
    public Guid? ModelVersionId { get; init; }
    public required Guid AuthorId { get; init; }

    /// <summary>Name at that time: the author may leave, but the comment stays.</summary>
    public required string AuthorName { get; init; }

    /// <summary>Lines end with LF.</summary>
    public required string Text { get; set; }

    /// <summary>Positions in <see cref="Text"/> that name members, in order.</summary>
    public required MentionSpan[] Mentions { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>Normalizes the text: no surrounding space, one kind of line end.</summary>
    public static string Clean(string text) => text.ReplaceLineEndings("\n").Trim();
}

/// <summary>A mention of a member in a comment, with its read state.</summary>
public sealed class Mention : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid CommentId { get; init; }

    /// <summary>The mentioned member.</summary>
    public required Guid UserId { get; init; }
    public DateTimeOffset? ReadAt { get; set; }
}
