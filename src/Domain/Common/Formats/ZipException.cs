namespace GpuGeek.Domain.Common.Formats;

/// <summary>Why a ZIP is not read.</summary>
public enum ZipFault
{
    /// <summary>It is not a ZIP, or not from its first byte.</summary>
    Foreign,

    /// <summary>It is truncated or contradicts itself.</summary>
    Damaged,

    /// <summary>Two programs could read it differently, so that a check of one reading says nothing about the other.</summary>
    Ambiguous,
}

/// <summary>The message is a sentence about the archive ("It …").</summary>
public sealed class ZipException(ZipFault fault, string message) : Exception(message)
{
    public ZipFault Fault { get; } = fault;

    internal static ZipException Damaged(string message) => new(ZipFault.Damaged, message);

    internal static ZipException Ambiguous(string message) => new(ZipFault.Ambiguous, message);
}
