namespace GpuGeek.Contracts.Client;

/// <summary>A resource as it was read or changed.</summary>
/// <param name="Tag">Its entity tag, for <see cref="GpuGeekClient.If"/>.</param>
public sealed record Tagged<T>(T Value, string? Tag);
