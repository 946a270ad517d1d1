using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of a 64-bit ELF library in which one required symbol version is marked weak (VER_FLG_WEAK in .gnu.version_r),
/// so that the loader accepts a system library without that version. Two bytes change.
/// Refuses when the library does not require that version exactly once, or not strongly: then the package changed and needs a look.
/// Format: "Symbol Versioning", Linux Standard Base Core 5.0, chapter 10.
/// </summary>
public sealed class WeakVersion : Task
{
    private const int VersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;
    private const string Hint = "The package has changed: see docs/decisions/ADR-008-weak-symbol-version.md.";

    [Required]
    public string Library { get; set; }

    [Required]
    public string Version { get; set; }

    [Required]
    public string Copy { get; set; }

    public override bool Execute()
    {
        var bytes = File.ReadAllBytes(Library);
        List<int> flags;
        try
        {
            flags = FlagsOf(bytes);
        }
        catch (Exception error) when (error is ArgumentException || error is InvalidDataException)
        {
            Log.LogError("{0} is not a 64-bit little-endian ELF library with symbol versions: {1}", Library, error.Message);
            return false;
        }
        if (flags.Count != 1)
        {
            Log.LogError(
                "{0} should require {1} exactly once and strongly, but has {2} such entries. {3}",
                Library,
                Version,
                flags.Count,
                Hint
            );
            return false;
        }
        if (BitConverter.ToUInt16(bytes, flags[0]) != 0)
        {
            Log.LogError("{0} requires {1} weakly already. {2}", Library, Version, Hint);
            return false;
        }
        BitConverter.GetBytes(Weak).CopyTo(bytes, flags[0]);
        Directory.CreateDirectory(Path.GetDirectoryName(Copy));
        // The copy appears whole, and as a new file: outputs may be hard links to the former one.
        var temporary = Copy + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(temporary, bytes);
        if (File.Exists(Copy))
            File.Replace(temporary, Copy, null);
        else
            File.Move(temporary, Copy);
        return true;
    }

    /// <summary>Offsets of the flags (vna_flags) of every requirement of the version.</summary>
    private List<int> FlagsOf(byte[] elf)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
            throw new InvalidDataException("no such header");
        var sections = (int)BitConverter.ToInt64(elf, 40);
        var size = BitConverter.ToUInt16(elf, 58);
        var count = BitConverter.ToUInt16(elf, 60);
        for (var section = 0; section < count; section++)
        {
            var header = sections + section * size;
            if (BitConverter.ToInt32(elf, header + 4) != VersionNeeds)
                continue;
            var strings = sections + BitConverter.ToInt32(elf, header + 40) * size;
            return Matching(
                elf,
                (int)BitConverter.ToInt64(elf, header + 24),
                BitConverter.ToInt32(elf, header + 44),
                (int)BitConverter.ToInt64(elf, strings + 24)
            );
        }
        throw new InvalidDataException("no required versions");
    }

    private List<int> Matching(byte[] elf, int need, int needs, int strings)
    {
        var found = new List<int>();
        for (var i = 0; i < needs; i++)
        {
            var version = need + BitConverter.ToInt32(elf, need + 8);
            for (var j = BitConverter.ToUInt16(elf, need + 2); j > 0; j--)
            {
                if (NameAt(elf, strings + BitConverter.ToInt32(elf, version + 8)) == Version)
                    found.Add(version + 4);
                version += BitConverter.ToInt32(elf, version + 12);
            }
            need += BitConverter.ToInt32(elf, need + 12);
        }
        return found;
    }

    private static string NameAt(byte[] elf, int start)
    {
        var end = Array.IndexOf(elf, (byte)0, start);
        return Encoding.ASCII.GetString(elf, start, end - start);
    }
}
