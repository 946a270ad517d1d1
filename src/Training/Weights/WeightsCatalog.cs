using System.Security.Cryptography;
using GpuGeek.Domain.Models;

namespace GpuGeek.Training.Weights;

/// <summary>Finds the published weights of an architecture: in a given folder, in the cache, else at the published address.</summary>
public static class WeightsCatalog
{
    private const int PrefixLength = 8;

    /// <param name="weightsFolder">
    /// Folder in <c>GPUGEEK_WEIGHTS</c>, or null. Uses the published file, or any file <c>{architecture}-{8 hex}.pth</c> whose SHA-256
    /// starts with these digits (torch hub's convention).
    /// </param>
    /// <param name="cacheFolder">Folder for downloads; created if needed. Several workers may share it: one downloads and the others
    /// wait.</param>
    /// <param name="http">Null if downloads are turned off.</param>
    /// <returns>Path of a file whose hash has just been checked.</returns>
    /// <exception cref="WeightsException"><c>weights_unavailable</c>; the hint has the address, the file and the setting.</exception>
    public static async Task<string> ResolveAsync(
        ModelCard card,
        string? weightsFolder,
        string cacheFolder,
        HttpClient? http,
        CancellationToken cancellationToken
    )
    {
        foreach (var folder in new[] { weightsFolder, cacheFolder })
            if (folder is not null && await FindAsync(card, folder, cancellationToken) is { } found)
                return found;
        if (http is null)
            throw Unavailable(card, "and downloads are turned off");
        return await new WeightsDownload(card, cacheFolder, http, TimeProvider.System).RunAsync(cancellationToken);
    }

    /// <summary>Whether a file with the right name is in one of the folders; its content is checked when it is used.</summary>
    public static bool IsNamed(ModelCard card, params IEnumerable<string?> folders) =>
        folders.Any(folder => folder is not null && Candidates(card, folder).Any());

    private static async Task<string?> FindAsync(ModelCard card, string folder, CancellationToken cancellationToken)
    {
        foreach (var (path, prefix) in Candidates(card, folder))
            if (await HasPrefixAsync(path, prefix, cancellationToken))
                return path;
        return null;
    }

    /// <returns>Files with the right name, with the digits with which their hash must start.</returns>
    private static IEnumerable<(string Path, string Prefix)> Candidates(ModelCard card, string folder)
    {
        if (!Directory.Exists(folder))
            yield break;
        var published = Path.Combine(folder, card.Weights.FileName);
        if (File.Exists(published))
            yield return (published, card.Weights.HashPrefix);
        var start = card.Name + "-";
        foreach (var path in Directory.EnumerateFiles(folder, start + "*.pth").Order(StringComparer.Ordinal))
        {
            var prefix = Path.GetFileNameWithoutExtension(path)[start.Length..];
            if (prefix.Length == PrefixLength && prefix.All(char.IsAsciiHexDigit))
                yield return (path, prefix);
        }
    }

    internal static async Task<bool> HasPrefixAsync(string path, string prefix, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return await HasPrefixAsync(file, prefix, cancellationToken);
    }

    internal static async Task<bool> HasPrefixAsync(FileStream file, string prefix, CancellationToken cancellationToken) =>
        Convert
            .ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken))
            .StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    internal static WeightsException Unavailable(ModelCard card, string why) =>
        new(
            "weights_unavailable",
            $"The published weights of {card.Title} are not on this machine, {why}.",
            $"Download {card.Weights.Url} on another machine, put the file {card.Weights.FileName} into a folder and name the "
                + "folder in GPUGEEK_WEIGHTS; or train with pretrained off."
        );
}
