using GpuGeek.Domain.Common;

namespace GpuGeek.Domain.Comments;

/// <summary>What a member says of a run, a dataset version or a model version: of exactly one of them. Plain text.</summary>
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

    /// <summary>As it was at that time: the author may leave, what was said stays.</summary>
    public required string AuthorName { get; init; }

    /// <summary>Lines end with LF.</summary>
    public required string Text { get; set; }

    /// <summary>Where <see cref="Text"/> names members, in its order.</summary>
    public required MentionSpan[] Mentions { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>As it is kept: no space around it, one kind of line end.</summary>
    public static string Clean(string text) => text.ReplaceLineEndings("\n").Trim();
}

/// <summary>That somebody was named in a comment, until it is read and after.</summary>
public sealed class Mention : ITenantOwned
{
    public required Guid OrgId { get; init; }
    public required Guid Id { get; init; }
    public required Guid CommentId { get; init; }

    /// <summary>Who was named.</summary>
    public required Guid UserId { get; init; }
    public DateTimeOffset? ReadAt { get; set; }
}
