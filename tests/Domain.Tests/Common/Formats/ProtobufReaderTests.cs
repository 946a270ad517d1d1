using CsCheck;
using GpuGeek.Domain.Common.Formats;

namespace GpuGeek.Domain.Tests.Common.Formats;

public sealed class AProtobufMessage
{
    private static readonly byte[] Good =
    [
        // Field 1, varint 300.
        .. (byte[])[0x08, 0xac, 0x02],
        // Field 2, three bytes.
        .. (byte[])[0x12, 3, 1, 2, 3],
        // Field 3, fixed32 and field 4, fixed64.
        .. (byte[])[0x1d, 7, 0, 0, 0, 0x21, 9, 0, 0, 0, 0, 0, 0, 0],
        // Field 2^29 - 1, the largest, varint 1.
        .. (byte[])[0xf8, 0xff, 0xff, 0xff, 0x0f, 1],
    ];

    private static readonly Dictionary<string, byte[]> Hostile = new()
    {
        ["field 0"] = [0x00, 1],
        ["a field above the largest"] = [0x80, 0x80, 0x80, 0x80, 0x10, 1],
        ["a field that is 1 in its lower 32 bits"] = [0x88, 0x80, 0x80, 0x80, 0x80, 0x01, 1],
        ["the start of a group"] = [0x0b],
        ["the end of a group"] = [0x0c],
        ["wire type 6"] = [0x0e],
        ["wire type 7"] = [0x0f],
        ["a tag without an end"] = [0x88],
        ["a number without an end"] = [0x08, 8, 0x10, .. Enumerable.Repeat((byte)0xff, 20)],
        ["a number of eleven bytes"] = [0x08, .. Enumerable.Repeat((byte)0x80, 10), 0],
        ["a tag alone"] = [0x08],
        ["a length alone"] = [0x12],
        ["a length beyond the end"] = [0x12, 2, 1],
        ["a length of 2^31"] = [0x12, 0x80, 0x80, 0x80, 0x80, 0x08, 1],
        ["a length of 2^64 - 1"] = [0x12, .. Enumerable.Repeat((byte)0xff, 9), 1],
        ["half of four bytes"] = [0x1d, 1, 2],
        ["half of eight bytes"] = [0x21, 1, 2, 3, 4],
    };

    public static TheoryData<string> Cases => [.. Hostile.Keys];

    [Fact]
    public void Is_read_field_by_field()
    {
        var reader = new ProtobufReader(Good);
        var fields = new List<(int, ulong, int, bool)>();
        while (reader.Next())
            fields.Add((reader.Field, reader.Number, reader.Bytes.Length, reader.IsDelimited));
        Assert.Equal([(1, 300, 0, false), (2, 0, 3, true), (3, 7, 0, false), (4, 9, 0, false), ((1 << 29) - 1, 1, 0, false)], fields);
    }

    [Theory, MemberData(nameof(Cases))]
    public void That_is_damaged_is_refused(string name) => Assert.Throws<InvalidDataException>(() => Walk(Hostile[name]));

    [Fact]
    public void Cut_anywhere_but_between_fields_is_refused()
    {
        int[] between = [0, 3, 8, 13, 22, Good.Length];
        for (var length = 0; length <= Good.Length; length++)
            if (between.Contains(length))
                Walk(Good[..length]);
            else
                Assert.Throws<InvalidDataException>(() => Walk(Good[..length]));
    }

    [Fact]
    public void Of_random_bytes_is_read_or_refused() =>
        Gen
            .Byte.Array[0, 64]
            .Sample(bytes =>
            {
                try
                {
                    Walk(bytes);
                }
                catch (InvalidDataException)
                {
                    return;
                }
            });

    [Fact]
    public void Of_a_million_empty_messages_costs_no_memory()
    {
        byte[] message = [.. Enumerable.Repeat((byte[])[0x0a, 0], 1_000_000).SelectMany(field => field)];
        Walk(Good);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Walk(message);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Walk(byte[] bytes)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Next()) { }
    }
}
