using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence;

internal static class JsonColumn
{
    /// <summary>Stores a value as jsonb, serialised like the run protocol. Compared by its text, since records with arrays do not compare
    /// by content.</summary>
    public static PropertyBuilder<T> AsJson<T>(this PropertyBuilder<T> property)
    {
        property
            .HasColumnType("jsonb")
            .HasConversion(
                value => JsonSerializer.Serialize(value, RunDirectory.Json),
                text => JsonSerializer.Deserialize<T>(text, RunDirectory.Json)!,
                new ValueComparer<T>(
                    (a, b) => JsonSerializer.Serialize(a, RunDirectory.Json) == JsonSerializer.Serialize(b, RunDirectory.Json),
                    value => value == null ? 0 : JsonSerializer.Serialize(value, RunDirectory.Json).GetHashCode(StringComparison.Ordinal),
                    value => value
                )
            );
        return property;
    }

    /// <summary>Stores an enum as its lower-case name.</summary>
    public static PropertyBuilder<T> AsText<T>(this PropertyBuilder<T> property)
        where T : struct, Enum =>
        property.HasMaxLength(20).HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<T>(text, true));
}
