using System.Text;
using CsCheck;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Storage.Tests.Conformance;
using Microsoft.Extensions.Options;

namespace GpuGeek.Storage.Tests;

public sealed class ATokenOfTheFolderStore
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.% ";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly ObjectUrlSigner _signer = new(Bench.Bytes(32), TimeProvider.System);

    [Fact]
    public void Says_what_was_signed()
    {
        var grant = _signer.Read(_signer.Sign("orgs/a/é", "a\nb 猫", Minute));
        Assert.Equal(("orgs/a/é", "a\nb 猫"), (grant?.Key, grant?.FileName));
        Assert.False(_signer.HasEnded(grant!));
    }

    [Fact]
    public void With_any_one_byte_changed_is_refused()
    {
        // Three lengths: the last character then carries no spare bits, two or four.
        string[] tokens = [.. new[] { "a", "ab", "abc" }.Select(name => _signer.Sign("orgs/0123/sha256/ab/abcdef", name, Minute))];
        Gen.Select(
                Gen.Int[0, 2].Select(i => tokens[i]),
                Gen.Int[0, tokens[0].Length - 1],
                Gen.OneOf(Gen.Char['\0', '\u00ff'], Gen.Char[Alphabet])
            )
            .Select((token, at, c) => (token, at: token.Length - 1 - at, c))
            .Where(m => m.token[m.at] != m.c)
            .Sample(m => _signer.Read(m.token[..m.at] + m.c + m.token[(m.at + 1)..]) is null, iter: 10_000);
        // And every last character there is.
        Assert.All(tokens, token => Assert.All(Alphabet.Where(c => c != token[^1]), c => Assert.Null(_signer.Read(token[..^1] + c))));
    }

    [Fact]
    public void With_any_one_bit_of_what_it_says_changed_is_refused()
    {
        var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(_signer.Sign("orgs/0123/uploads/1", "", Minute));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(_signer.Read(System.Buffers.Text.Base64Url.EncodeToString(changed)));
        }
    }

    [Fact]
    public void Cut_lengthened_or_made_up_is_refused()
    {
        var token = _signer.Sign("orgs/a/b", "c", Minute);
        for (var length = 0; length < token.Length; length++)
            Assert.Null(_signer.Read(token[..length]));
        foreach (var more in new[] { "A", "=", "==", " ", "\n", "AAAA" })
            Assert.Null(_signer.Read(token + more));
        Gen.String.Sample(text => _signer.Read(text) is null);
        Assert.Null(new ObjectUrlSigner(Bench.Bytes(32, seed: 8), TimeProvider.System).Read(token));
    }

    [Fact]
    public void Ends_when_its_time_is_over_and_not_before()
    {
        var grant = _signer.Read(_signer.Sign("orgs/a/b", "c", Minute))!;
        Assert.False(new ObjectUrlSigner(Bench.Bytes(32), new ShiftedClock(TimeSpan.FromSeconds(30))).HasEnded(grant));
        Assert.True(new ObjectUrlSigner(Bench.Bytes(32), new ShiftedClock(TimeSpan.FromSeconds(90))).HasEnded(grant));
        // Signed by a clock far ahead: good for longer than any address may be.
        Assert.True(new ObjectUrlSigner(Bench.Bytes(32), new ShiftedClock(TimeSpan.FromHours(-1))).HasEnded(grant));
    }
}

public sealed class TheKeyOfSignedAddresses : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-keys-test-").FullName;

    private static FolderObjectUrls Urls(string? keys) =>
        new(Options.Create(new ObjectUrlOptions { Keys = keys, PublicUrl = "http://gpugeek.test/" }), TimeProvider.System);

    private static string[] AtOnce(int count, Func<string> work)
    {
        using var start = new Barrier(count);
        var results = new string[count];
        var threads = Enumerable
            .Range(0, count)
            .Select(i => new Thread(() =>
            {
                start.SignalAndWait();
                results[i] = work();
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return results;
    }

    [Fact]
    public async Task Is_made_once_by_however_many_processes_start_together()
    {
        foreach (var round in Enumerable.Range(0, 100))
        {
            var folder = Path.Combine(_folder, $"{round}");
            var tokens = AtOnce(16, () => Urls(folder).Signer.Sign("orgs/a", "", TimeSpan.FromMinutes(1)));
            Assert.All(tokens, token => Assert.NotNull(Urls(folder).Signer.Read(token)));
            var file = Assert.Single(Directory.GetFiles(folder));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        Assert.StartsWith(
            "http://gpugeek.test/api/v1/objects/",
            (await Urls(_folder).SignDownloadAsync("orgs/a", "a", TimeSpan.FromMinutes(1))).ToString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task That_is_missing_is_asked_for_by_name()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Urls(null).SignDownloadAsync("orgs/a", "a", TimeSpan.FromMinutes(1))
        );
        Assert.Contains("GPUGEEK_KEYS", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void That_was_cut_is_not_used()
    {
        File.WriteAllBytes(Path.Combine(_folder, "object-urls.key"), Encoding.ASCII.GetBytes("short"));
        Assert.Throws<InvalidOperationException>(() => Urls(_folder).Signer);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
