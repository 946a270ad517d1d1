using System.IO.Compression;
using System.Runtime.CompilerServices;
using GpuGeek.Api.Http;
using GpuGeek.Domain.Common.Formats;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>
/// A version as a ZIP archive: <c>split/class/picture</c>, and a table with labels, splits and groups. Imported again, it gives the same
/// version, unless pictures were changed because metadata were left out. It is written while it is sent, so it needs no disk.
/// </summary>
internal sealed class VersionArchive(GpuGeekDbContext db, IObjectStore store, DatasetVersion version, bool keepsMetadata)
{
    private const int NamesAtOnce = 500;
    private static readonly string[] Columns = ["filename", "label", "split", "group"];
    private readonly ArchivePaths _paths = new();
    private readonly List<string?[]> _leftOut = [];

    public async Task WriteAsync(Stream to, CancellationToken cancellationToken)
    {
        await using var zip = await ZipArchive.CreateAsync(to, ZipArchiveMode.Create, leaveOpen: true, null, cancellationToken);
        // A table of a million rows is a tenth as large in here.
        using var table = new MemoryStream();
        await using (var rows = new GZipStream(table, CompressionLevel.Fastest, leaveOpen: true))
        {
            await rows.WriteAsync(Csv.Write(Columns, []), cancellationToken);
            await foreach (var (entry, name) in NamedAsync(cancellationToken))
                if (await AddAsync(zip, entry, name, cancellationToken) is { } path)
                    await rows.WriteAsync(
                        Csv.Rows([
                            [path, entry.Label, entry.Split, entry.Group],
                        ]),
                        cancellationToken
                    );
        }
        table.Position = 0;
        await using (var entry = await OpenAsync(zip, "labels.csv", CompressionLevel.Optimal, cancellationToken))
        await using (var rows = new GZipStream(table, CompressionMode.Decompress))
            await rows.CopyToAsync(entry, cancellationToken);
        if (_leftOut.Count == 0)
            return;
        await using var missing = await OpenAsync(zip, "left-out.csv", CompressionLevel.Optimal, cancellationToken);
        await missing.WriteAsync(Csv.Write(["sha256", "label", "reason"], _leftOut), cancellationToken);
    }

    /// <returns>Its path; null: it was left out.</returns>
    private async Task<string?> AddAsync(ZipArchive zip, ManifestEntry entry, string? name, CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(entry.Hash, cancellationToken);
        var written = keepsMetadata ? bytes : PictureMetadata.Without(bytes);
        if (written is null)
        {
            _leftOut.Add([entry.Hash, entry.Label, "Its metadata cannot be told from its pixels. An archive with metadata has it."]);
            return null;
        }
        var path = _paths.Of(entry, name, bytes);
        // Pictures are compressed already.
        await using var to = await OpenAsync(zip, path, CompressionLevel.NoCompression, cancellationToken);
        await to.WriteAsync(written, cancellationToken);
        return path;
    }

    private async Task<byte[]> ReadAsync(string hash, CancellationToken cancellationToken)
    {
        await using var from = await store.OpenReadAsync(ObjectKeys.Content(version.OrgId, hash), cancellationToken);
        using var bytes = new MemoryStream();
        await from.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private Task<Stream> OpenAsync(ZipArchive zip, string path, CompressionLevel level, CancellationToken cancellationToken)
    {
        var entry = zip.CreateEntry(path, level);
        // The same archive each time.
        entry.LastWriteTime = version.CreatedAt;
        return entry.OpenAsync(cancellationToken);
    }

    /// <summary>The manifest with the names that the files had; null: the picture was removed from the dataset since.</summary>
    private async IAsyncEnumerable<(ManifestEntry Entry, string? Name)> NamedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (
            var chunk in StoredManifest.StreamAsync(store, version.OrgId, version.ManifestHash, cancellationToken).Chunk(NamesAtOnce)
        )
        {
            string[] hashes = [.. chunk.Select(e => e.Hash)];
            var names = await db
                .DatasetImages.AsNoTracking()
                .Where(i => i.DatasetId == version.DatasetId && hashes.Contains(i.Hash))
                .ToDictionaryAsync(i => i.Hash, i => i.FileName, StringComparer.Ordinal, cancellationToken);
            foreach (var entry in chunk)
                yield return (entry, names.GetValueOrDefault(entry.Hash));
        }
    }
}
