using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Runs.Protocol;

/// <summary>Names what makes an embedding of a picture: two equal keys give equal numbers.</summary>
public static class EmbeddingKey
{
    // Raised where the same network and picture would give other last bits.
    private const int Method = 2;

    /// <param name="spec">Its network, its preprocessing, its weights and its device count.</param>
    /// <returns>SHA-256.</returns>
    public static byte[] Of(RunSpec spec)
    {
        var named = new
        {
            Method,
            spec.Recipe.Model.Architecture,
            Preprocessing = Preprocessing.Of(spec.Recipe),
            Weights = WeightsHash(spec.WeightsFile),
            // A GPU adds in another order.
            spec.Device,
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
