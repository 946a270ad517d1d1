using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuGeek.Api.Http;

/// <summary>Writes times in UTC with a <c>Z</c> (RFC 3339), whatever offset the database returned.</summary>
internal sealed class UtcJson : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture));
}
