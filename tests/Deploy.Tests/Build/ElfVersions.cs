using System.Text;

namespace GpuGeek.Deploy.Tests.Build;

/// <param name="At">Offset of the entry (Elf64_Vernaux): flags at +4, the name's offset at +8.</param>
internal sealed record NeededVersion(int At, int Index, int Flags, string Name);

/// <summary>Versions of symbols that a 64-bit ELF library asks for, and those that its relocations need.</summary>
internal sealed class ElfVersions
{
    private const int DynamicSymbols = 11,
        Relocations = 4,
        VersionNeeds = 0x6ffffffe,
        SymbolVersions = 0x6fffffff;
    private readonly byte[] _elf;

    public ElfVersions(byte[] elf)
    {
        _elf = elf;
        Needed = [.. ReadNeeded()];
    }

    public IReadOnlyList<NeededVersion> Needed { get; }

    /// <summary>The symbols that relocations name, each with the version it must have.</summary>
    public IEnumerable<(string Symbol, string Version)> Relocated()
    {
        var (symbols, versions) = (Section(DynamicSymbols), Section(SymbolVersions));
        var names = Offset(symbols.Link);
        var byIndex = Needed.ToDictionary(n => n.Index, n => n.Name);
        foreach (var section in Sections().Where(s => s.Type == Relocations))
            for (var at = section.Offset; at < section.Offset + section.Size; at += 24)
            {
                var symbol = Int(at + 12);
                if (byIndex.TryGetValue(Short(versions.Offset + 2 * symbol) & 0x7fff, out var version))
                    yield return (Text(names + Int(symbols.Offset + 24 * symbol)), version);
            }
    }

    private IEnumerable<NeededVersion> ReadNeeded()
    {
        var section = Section(VersionNeeds);
        var (need, names) = (section.Offset, Offset(section.Link));
        for (var i = 0; i < section.Info; i++, need += Int(need + 12))
        {
            var entry = need + Int(need + 8);
            for (var j = Short(need + 2); j > 0; j--, entry += Int(entry + 12))
                yield return new(entry, Short(entry + 6), Short(entry + 4), Text(names + Int(entry + 8)));
        }
    }

    private (int Type, int Offset, int Size, int Link, int Info) Section(int type) => Sections().First(s => s.Type == type);

    private IEnumerable<(int Type, int Offset, int Size, int Link, int Info)> Sections()
    {
        for (var i = 0; i < Short(60); i++)
        {
            var header = Header(i);
            yield return (Int(header + 4), Int(header + 24), Int(header + 32), Int(header + 40), Int(header + 44));
        }
    }

    private int Offset(int section) => Int(Header(section) + 24);

    private int Header(int section) => Int(40) + section * Short(58);

    private int Int(int at) => BitConverter.ToInt32(_elf, at);

    private int Short(int at) => BitConverter.ToUInt16(_elf, at);

    private string Text(int at) => Encoding.ASCII.GetString(_elf, at, Array.IndexOf(_elf, (byte)0, at) - at);
}
