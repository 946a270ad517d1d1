using System.Text.Json.Serialization;

namespace GpuGeek.Domain.Models;

/// <summary>How a picture becomes a square.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResizeRule>))]
public enum ResizeRule
{
    /// <summary>Resizes the shorter side and cuts the centre.</summary>
    [JsonStringEnumMemberName("crop")]
    Crop,

    /// <summary>Resizes both sides to that of the square.</summary>
    [JsonStringEnumMemberName("squash")]
    Squash,

    /// <summary>Resizes the longer side and fills what is missing with a colour.</summary>
    [JsonStringEnumMemberName("pad")]
    Pad,
}
