using GpuGeek.Api.Http.Uploads;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>
/// Stores the next bytes of an upload as parts. A part is stored, then recorded with the new offset: a process that is killed in between
/// leaves an object that no row names, and the client sends its bytes again. With a checksum, the parts of a request are recorded together
/// or not at all.
/// </summary>
internal sealed class PartReception(IObjectStore store, TimeProvider clock, UploadClaim<Import> claim, Import row)
{
    /// <summary>The most that a killed process loses.</summary>
    private const long PartBytes = 16 << 20;

    /// <summary>Enough for the largest archive, and for thousands of broken connections.</summary>
    private const int MostParts = 10_000;

    private readonly List<Guid> _unrecorded = [];
    private long _unrecordedBytes;
    private long _received = row.Received;

    private long Offset => _received + _unrecordedBytes;

    /// <param name="finish">Records the whole upload, with the names of all its parts; false: the claim is lost.</param>
    /// <returns>The new offset: bytes of the upload that are recorded.</returns>
    /// <exception cref="DomainException">Not a ZIP archive, more bytes than announced, or a wrong checksum.</exception>
    /// <exception cref="ClaimLostException"/>
    public async Task<long> TakeAsync(Stream body, BodyChecksum? checksum, Func<Guid[], Task<bool>> finish)
    {
        try
        {
            await using var metered = new MeteredBody(body, row.Size - row.Received, Refuse, claim.TouchAsync, clock);
            var parts = new BodyParts(metered, checksum);
            while (Offset < row.Size && (await parts.PeekAsync(Admission.HeadBytes)) is { Length: > 0 } head)
            {
                if (Offset == 0 && !Admission.Begins(row.FileName, head.Span))
                    throw new NotAnArchiveException();
                await StoreAsync(parts.Next(Math.Min(PartBytes, row.Size - Offset)));
                // The last part is recorded when no byte follows it.
                if (checksum is null && Offset < row.Size)
                    await RecordAsync();
            }
            _ = await parts.PeekAsync(1);
            if (checksum is not null && !parts.IsBroken && !checksum.Matches())
                throw new DomainException(
                    "checksum_differs",
                    "The bytes do not have the announced checksum, so none of them were kept.",
                    "Send the same bytes again."
                );
            if (checksum is null || !parts.IsBroken)
                await (Offset == row.Size ? RecordAsync(finish) : RecordAsync());
            return _received;
        }
        finally
        {
            await DropAsync();
        }
    }

    private Task<long> Refuse(long read, CancellationToken cancellationToken) =>
        throw new DomainException(
            "too_large",
            $"More bytes were sent than the {row.Size} that were announced.",
            "Start another upload with the right size."
        );

    private async Task StoreAsync(Stream part)
    {
        if (row.Parts.Length + _unrecorded.Count >= MostParts)
            throw new DomainException(
                "too_many_parts",
                $"The upload has arrived in {MostParts} parts already.",
                "Start another upload and send more bytes with each request."
            );
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        _unrecorded.Add(id);
        _unrecordedBytes += await store.PutAsync(ObjectKeys.UploadPart(row.OrgId, row.Id, id), part, null, CancellationToken.None);
    }

    private Task RecordAsync() => _unrecorded.Count == 0 ? Task.CompletedTask : RecordAsync(KeepAsync);

    private async Task RecordAsync(Func<Guid[], Task<bool>> record)
    {
        var (ids, offset) = (_unrecorded.ToArray(), Offset);
        // If the database fails now, nobody knows whether it has recorded them: they stay, for the janitor if for nobody else.
        _unrecorded.Clear();
        Guid[] all = [.. row.Parts, .. ids];
        if (!await record(all))
        {
            _unrecorded.AddRange(ids);
            throw new ClaimLostException();
        }
        row.Parts = all;
        (_received, _unrecordedBytes) = (offset, 0);
    }

    private async Task<bool> KeepAsync(Guid[] parts)
    {
        var offset = Offset;
        return await claim.Held.ExecuteUpdateAsync(
                set => set.SetProperty(i => i.Received, offset).SetProperty(i => i.Parts, parts),
                CancellationToken.None
            ) == 1;
    }

    private async Task DropAsync()
    {
        foreach (var part in _unrecorded)
            await store.DeleteAsync(ObjectKeys.UploadPart(row.OrgId, row.Id, part), CancellationToken.None);
    }
}

/// <summary>The first bytes are not those of a ZIP archive.</summary>
internal sealed class NotAnArchiveException() : Exception("The upload is not a ZIP archive.");
