using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Runs.Protocol;

/// <summary>Names what makes an embedding of a picture: two equal keys give equal numbers.</summary>
public static class EmbeddingKey
{
    // Raised where the same network and picture would give other last bits.
    private const int Method = 2;

    /// <param name="weightsFile">Path of the weights file; null: the network has none.</param>
    /// <returns>SHA-256.</returns>
    public static byte[] Of(string architecture, Preprocessing preprocessing, string? weightsFile)
    {
        var named = new
        {
            Method,
            Architecture = architecture,
            Preprocessing = preprocessing,
            Weights = WeightsHash(weightsFile),
        };
        return SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(named, RunDirectory.Json));
    }

    /// <returns>Empty for no file.</returns>
    public static string WeightsHash(string? weightsFile)
    {
        if (weightsFile is null)
            return "";
        using var file = File.OpenRead(weightsFile);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
