using System.IO.Compression;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class AHostileWeightsFile : IDisposable
{
    private static readonly byte[] OneFloat = [0, 0, 128, 63];
    private readonly TempFolder _folder = new();

    private string Target => _folder.File("w.pth");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[]> Programs => new()
    {
        { "a call of os.system", new Pickle().Global("os", "system").Op('(').Text("touch /tmp/owned").Op('t').Op('R').End() },
        { "a name put together on the stack", new Pickle().Text("posix").Text("system").Op(0x93).Op(')').Op('R').End() },
        { "builtins.getattr", new Pickle().Global("builtins", "getattr").End() },
        { "functools.partial", new Pickle().Global("functools", "partial").End() },
        { "_io.FileIO", new Pickle().Global("_io", "FileIO").End() },
        { "torch.load", new Pickle().Global("torch", "load").End() },
        { "a dotted name", new Pickle().Global("torch", "FloatStorage.__class__").End() },
        { "a spaced name", new Pickle().Global(" collections", "OrderedDict").End() },
        { "INST", new Pickle().Op('(').Op('i').Op("os\nsystem\n"u8.ToArray()).End() },
        { "OBJ", new Pickle().Op('(').Global("collections", "OrderedDict").Op('o').End() },
        { "NEWOBJ", new Pickle().Global("collections", "OrderedDict").Op(')').Op(0x81).End() },
        { "EXT1", new Pickle().Op(0x82, 1).End() },
        { "BUILD on a tuple", new Pickle().Op(')').Op('}').Op('b').End() },
        { "OrderedDict with arguments", new Pickle().Global("collections", "OrderedDict").Op('(').Int(1).Op('t').Op('R').End() },
        { "a call of a storage", new Pickle().Global("torch", "FloatStorage").Op(')').Op('R').End() },
        { "a storage from elsewhere", new Pickle().Op('(').Text("module").Text("x").Op('t').Op('Q').End() },
        { "a second pickle after the first", [.. new Pickle().OpenDict().Op('u').End(), .. new Pickle().Global("os", "system").End()] },
        { "a name without an end", [0x80, 2, (byte)'c', .. Enumerable.Repeat((byte)'a', 5000)] },
        { "text of two gigabytes", new Pickle().Op('X').Op(0xff, 0xff, 0xff, 0x7f).End() },
        { "two million operations", [0x80, 2, .. Enumerable.Repeat((byte)'N', 2_100_000), (byte)'.'] },
        { "two million nested tuples", [0x80, 2, (byte)')', .. Enumerable.Repeat((byte)0x85, 2_100_000), (byte)'.'] },
    };

    [Theory, MemberData(nameof(Programs))]
    public void With_a_program_in_it_is_refused(string what, byte[] pickle)
    {
        Assert.NotEmpty(what);
        TorchFiles.Zip(Target, pickle);
        Assert.Equal("weights_refused", Refusal().Code);
        Assert.False(File.Exists("/tmp/owned"));
    }

    public static TheoryData<string, byte[]> Broken => new()
    {
        { "no end", [0x80, 2, (byte)'}'] }, { "nothing on the stack", [0x80, 2, (byte)'.'] }, { "no mark", [0x80, 2, (byte)'t', (byte)'.'] }, { "an unknown memo", [0x80, 2, (byte)'h', 9, (byte)'.'] },
        { "a tensor without numbers", new Pickle().OpenDict().Text("x").Tensor("7", "FloatStorage", 1, 0, [1], [1]).Op('u').End() },
        { "a storage of another size", Tensor(2, 0, [2], [1]) },
        { "a view beyond its storage", Tensor(1, 0, [2], [1]) },
        { "an offset beyond", Tensor(1, 1, [1], [1]) },
        { "a negative stride", Tensor(1, 0, [1], [-1]) },
        { "a negative side", Tensor(1, 0, [-1], [1]) },
        { "2^62 numbers out of one", Tensor(1, 0, [1L << 31, 1L << 31], [0, 0]) },
        { "sides whose product overflows", Tensor(1, 0, [long.MaxValue, long.MaxValue, 3], [0, 0, 0]) },
        { "a stride whose product overflows", Tensor(1, 0, [3], [long.MaxValue]) },
        { "a count that overflows", Tensor(1L << 62, 0, [1], [1]) },
        { "more strides than sides", Tensor(1, 0, [1], [1, 1]) },
    };

    [Theory, MemberData(nameof(Broken))]
    public void That_does_not_fit_together_is_called_damaged(string what, byte[] pickle)
    {
        Assert.NotEmpty(what);
        TorchFiles.Zip(Target, pickle, OneFloat);
        Assert.Equal("weights_unreadable", Refusal().Code);
    }

    [Fact]
    public void With_numbers_that_are_not_finite_is_refused_by_name()
    {
        TorchFiles.Save(Target, ("fc.weight", [2], [1, float.NaN]));
        Assert.Equal("weights_not_finite", Refusal().Code);
        Assert.Contains("fc.weight", Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_another_kind_is_not_read()
    {
        File.WriteAllBytes(Target, [0x80, 2, (byte)'K', 1, (byte)'.']);
        Assert.Equal("weights_unsupported", Refusal().Code);
        File.WriteAllBytes(Target, []);
        Assert.Equal("weights_unsupported", Refusal().Code);
        TorchFiles.Zip(Target, new Pickle().Int(5).End());
        Assert.Equal("weights_unsupported", Refusal().Code);
    }

    [Fact]
    public void That_is_a_TorchScript_program_is_not_read()
    {
        WriteZip(zip => { TorchFiles.Add(zip, "a/data.pkl", new Pickle().OpenDict().Op('u').End()); TorchFiles.Add(zip, "a/code/x.py", [1]); });
        Assert.Equal("weights_unsupported", Refusal().Code);
    }

    [Fact]
    public void With_tricks_in_its_archive_is_refused()
    {
        var pickle = new Pickle().OpenDict().Op('u').End();
        WriteZip(zip => { TorchFiles.Add(zip, "a/data.pkl", pickle); TorchFiles.Add(zip, "a/data.pkl", pickle); });
        Assert.Equal("weights_refused", Refusal().Code);
        WriteZip(zip => { TorchFiles.Add(zip, "a/data.pkl", pickle); TorchFiles.Add(zip, "b/data/0", OneFloat); });
        Assert.Equal("weights_refused", Refusal().Code);
        WriteZip(zip => TorchFiles.Add(zip, "a/data.pkl", [.. pickle, .. new byte[5000]], CompressionLevel.Optimal));
        Assert.Equal("weights_refused", Refusal().Code);
    }

    [Fact]
    public void Whose_bytes_are_not_those_of_its_checksum_is_called_damaged()
    {
        TorchFiles.Save(Target, ("x", [4], [1.25f, 2.25f, 3.25f, 4.25f]));
        var bytes = File.ReadAllBytes(Target);
        bytes[bytes.AsSpan().IndexOf(BitConverter.GetBytes(1.25f))] ^= 1;
        File.WriteAllBytes(Target, bytes);
        Assert.Equal("weights_unreadable", Refusal().Code);
    }

    [Fact]
    public void Cut_anywhere_is_refused_and_never_crashes()
    {
        TorchFiles.Save(Target, ("x", [4], [1, 2, 3, 4]));
        var whole = File.ReadAllBytes(Target);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(Target, whole[..length]);
            Assert.True(Refusal().Code is "weights_unreadable" or "weights_unsupported");
        }
    }

    private static byte[] Tensor(long count, long offset, long[] shape, long[] stride) => new Pickle().OpenDict().Text("x").Tensor("0", "FloatStorage", count, offset, shape, stride).Op('u').End();

    private void WriteZip(Action<ZipArchive> write)
    {
        using var zip = new ZipArchive(File.Create(Target), ZipArchiveMode.Create);
        write(zip);
    }

    private WeightsException Refusal() => Assert.Throws<WeightsException>(() => WeightsFile.Read(Target));
}
