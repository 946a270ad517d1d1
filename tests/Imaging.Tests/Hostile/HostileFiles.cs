using System.Buffers.Binary;
using System.IO.Compression;

namespace GpuGeek.Imaging.Tests.Hostile;

/// <summary>Files that no honest program writes, built byte by byte.</summary>
internal static class HostileFiles
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    /// <summary>A sound header, whatever size it tells, and one byte of pixels.</summary>
    public static byte[] Png(uint width, uint height, params byte[][] chunks) =>
        [.. PngSignature, .. PngHeader(width, height), .. chunks.SelectMany(c => c), .. Chunk("IDAT", Deflated([0])), .. Chunk("IEND", [])];

    /// <summary>A sound gray picture with chunks put before its pixels.</summary>
    public static byte[] GrayPng(int width, int height, params byte[][] chunks) =>
        [
            .. PngSignature,
            .. PngHeader((uint)width, (uint)height),
            .. chunks.SelectMany(c => c),
            .. Chunk("IDAT", Deflated(new byte[(width + 1) * height])),
            .. Chunk("IEND", []),
        ];

    public static byte[] Chunk(string name, byte[] body)
    {
        var chunk = new byte[body.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        System.Text.Encoding.ASCII.GetBytes(name, chunk.AsSpan(4));
        body.CopyTo(chunk, 8);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(body.Length + 8), Crc(chunk.AsSpan(4, body.Length + 4)));
        return chunk;
    }

    public static byte[] Deflated(byte[] body)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Fastest))
            zlib.Write(body);
        return stream.ToArray();
    }

    public static byte[] Jpeg(ushort width, ushort height, byte precision = 8, byte frame = 0xC0) =>
        [
            0xFF,
            0xD8,
            0xFF,
            frame,
            0,
            11,
            precision,
            (byte)(height >> 8),
            (byte)height,
            (byte)(width >> 8),
            (byte)width,
            1,
            1,
            0x11,
            0,
            0xFF,
            0xD9,
        ];

    /// <summary>A sound baseline or progressive JPEG with segments put behind its start.</summary>
    public static byte[] WithSegments(byte[] jpeg, IEnumerable<byte[]> segments) =>
        [0xFF, 0xD8, .. segments.SelectMany(s => s), .. jpeg[2..]];

    /// <summary>A JPEG whose scan is told again and again, each time without data.</summary>
    public static byte[] WithScans(byte[] jpeg, int scans)
    {
        byte[] scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 1, 0, 0];
        return [.. jpeg[..^2], .. Enumerable.Repeat(scan, scans).SelectMany(s => s), 0xFF, 0xD9];
    }

    /// <summary>A mid-gray strip of 8-pixel blocks, each a restart interval of its own: two bits (no difference, end of block) and six of
    /// padding.</summary>
    public static byte[] RestartingJpeg(int blocks, int written)
    {
        var width = blocks * 8;
        byte[] quantization = [0xFF, 0xDB, 0, 67, 0, .. Enumerable.Repeat((byte)1, 64)];
        byte[] frame = [0xFF, 0xC0, 0, 11, 8, 0, 8, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0];
        byte[] code = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] tables = [0xFF, 0xC4, 0, 20, 0x00, .. code, 0xFF, 0xC4, 0, 20, 0x10, .. code];
        byte[] restart = [0xFF, 0xDD, 0, 4, 0, 1],
            scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
        var data = Enumerable.Range(0, written).SelectMany(i => i == 0 ? new byte[] { 0x3F } : [0xFF, (byte)(0xD0 + (i - 1) % 8), 0x3F]);
        return [0xFF, 0xD8, .. quantization, .. frame, .. tables, .. restart, .. scan, .. data, 0xFF, 0xD9];
    }

    /// <summary>One-pixel frames at a place on a screen; the first may reach outside it.</summary>
    public static byte[] Gif(ushort screen, int frames, ushort left = 0)
    {
        byte[] head =
        [
            .. "GIF89a"u8,
            (byte)screen,
            (byte)(screen >> 8),
            (byte)screen,
            (byte)(screen >> 8),
            0x80,
            0,
            0,
            200,
            10,
            20,
            255,
            255,
            255,
        ];
        byte[] frame = [0x2C, (byte)left, (byte)(left >> 8), 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0];
        var file = new byte[head.Length + frames * frame.Length + 1];
        head.CopyTo(file, 0);
        for (var i = 0; i < frames; i++)
            frame.CopyTo(file, head.Length + i * frame.Length);
        file[^1] = 0x3B;
        return file;
    }

    public static byte[] Bmp(int width, int height)
    {
        var file = new byte[54];
        "BM"u8.CopyTo(file);
        file[10] = 54;
        file[14] = 40;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), height);
        file[26] = 1;
        file[28] = 24;
        return file;
    }

    public static byte[] WebP(int width, int height) =>
        [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)];

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];

    private static byte[] PngHeader(uint width, uint height)
    {
        var body = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(body, width);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), height);
        body[8] = 8;
        return Chunk("IHDR", body);
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB88320;
        }
        return ~crc;
    }
}
