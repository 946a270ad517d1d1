using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using GpuGeek.Domain.Models;

namespace GpuGeek.Training.Weights;

/// <summary>
/// Downloads one published file into the cache. An interrupted download is resumed if the server confirms that the file is unchanged; the
/// final name appears after the hash was checked. Of several workers one downloads and the others wait for it.
/// </summary>
internal sealed class WeightsDownload(ModelCard card, string folder, HttpClient http, TimeProvider clock)
{
    private const int Attempts = 5;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);
    private readonly string _path = Path.Combine(folder, card.Weights.FileName);

    /// <summary>Delay before the second attempt; it grows by this amount for each further one.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    private string Part => _path + ".part";
    private string Lock => _path + ".lock";

    /// <summary>The version of the file that the partial download belongs to: an ETag, or the time of the last change.</summary>
    private string Version => _path + ".version";

    /// <exception cref="WeightsException"><c>weights_unavailable</c>; partial data are kept for the next time.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await using var only = await LockAsync(cancellationToken);
        if (File.Exists(_path) && await WeightsCatalog.HasPrefixAsync(_path, card.Weights.HashPrefix, cancellationToken))
            return _path;
        await using (var file = new FileStream(Part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            await FillAsync(file, cancellationToken);
            file.Flush(flushToDisk: true);
        }
        File.Move(Part, _path, overwrite: true);
        File.Delete(Version);
        return _path;
    }

    private async Task FillAsync(FileStream file, CancellationToken cancellationToken)
    {
        var resumed = await DownloadAsync(file, cancellationToken);
        if (await IsWholeAsync(file, cancellationToken))
            return;
        // After a power cut, a partial file may contain anything: start again from the beginning.
        if (resumed)
        {
            file.SetLength(0);
            await DownloadAsync(file, cancellationToken);
            if (await IsWholeAsync(file, cancellationToken))
                return;
        }
        file.SetLength(0);
        Forget(file);
        throw WeightsCatalog.Unavailable(card, "and the downloaded file has the wrong hash");
    }

    /// <summary>Locked while one worker downloads. The file is kept: if it were deleted and created, two workers could lock one of the
    /// same name.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(Lock))
            {
                await Task.Delay(Look, clock, cancellationToken);
            }
        }
    }

    /// <returns>Whether a partial download existed.</returns>
    private async Task<bool> DownloadAsync(FileStream file, CancellationToken cancellationToken)
    {
        var resumed = file.Length > 0;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await FetchAsync(file, cancellationToken) && resumed;
            }
            catch (HttpRequestException refused)
                when (refused.StatusCode is { } status
                    && status < HttpStatusCode.InternalServerError
                    && status != HttpStatusCode.TooManyRequests
                )
            {
                Forget(file);
                throw WeightsCatalog.Unavailable(
                    card,
                    string.Create(CultureInfo.InvariantCulture, $"and the published address responded with {(int)status}")
                );
            }
            catch (Exception broken)
                when (broken is HttpRequestException or IOException or OperationCanceledException
                    && !cancellationToken.IsCancellationRequested
                )
            {
                if (attempt == Attempts)
                {
                    Forget(file);
                    throw WeightsCatalog.Unavailable(card, "and the published address cannot be reached");
                }
                await Task.Delay(attempt * Pause, clock, cancellationToken);
            }
        }
    }

    /// <returns>Whether the server sent only the rest.</returns>
    private async Task<bool> FetchAsync(FileStream file, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, card.Weights.Url);
        if (
            file.Length > 0
            && File.Exists(Version)
            && RangeConditionHeaderValue.TryParse(await File.ReadAllTextAsync(Version, cancellationToken), out var version)
        )
        {
            request.Headers.Range = new RangeHeaderValue(file.Length, null);
            request.Headers.IfRange = version;
        }
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        // The range does not exist: the partial file does not belong to this file.
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            file.SetLength(0);
            throw new IOException("The server does not support this range.");
        }
        response.EnsureSuccessStatusCode();
        var rest = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == file.Length;
        if (!rest)
            file.SetLength(0);
        if (!rest)
            await File.WriteAllTextAsync(Version, VersionOf(response), cancellationToken);
        file.Position = file.Length;
        await CopyAsync(response, file, cancellationToken);
        return rest;
    }

    /// <summary>Only a strong tag is allowed with a range; without a tag, a date. Without either, nothing can be resumed.</summary>
    private static string VersionOf(HttpResponseMessage response) =>
        response.Headers.ETag is { IsWeak: false } tag
            ? tag.ToString()
            : response.Content.Headers.LastModified?.ToString("r", CultureInfo.InvariantCulture) ?? "";

    private async Task CopyAsync(HttpResponseMessage response, FileStream file, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[1 << 16];
        while (true)
        {
            using var silence = new CancellationTokenSource(Silence, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            var count = await body.ReadAsync(buffer, either.Token);
            if (count == 0)
                break;
            if (file.Length + count > WeightsFile.MaxBytes)
                throw WeightsCatalog.Unavailable(card, "and the published file is larger than 4 GB");
            await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
        await file.FlushAsync(cancellationToken);
    }

    private async Task<bool> IsWholeAsync(FileStream file, CancellationToken cancellationToken)
    {
        file.Position = 0;
        return await WeightsCatalog.HasPrefixAsync(file, card.Weights.HashPrefix, cancellationToken);
    }

    /// <summary>Keeps a partial file only if it is not empty.</summary>
    private void Forget(FileStream file)
    {
        if (file.Length > 0)
            return;
        File.Delete(Part);
        File.Delete(Version);
    }
}
