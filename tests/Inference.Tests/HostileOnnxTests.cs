namespace GpuGeek.Inference.Tests;

/// <summary>What cannot be read as protobuf is refused before ONNX Runtime sees it.</summary>
public sealed class AHostileOnnxFile
{
    private static readonly byte[] Good = new TinyOnnx().Build();

    private static readonly Dictionary<string, byte[]> Damaged = new()
    {
        ["empty"] = [],
        ["of field 0"] = [.. Good, 0x00, 1],
        ["of a field above the largest"] = [.. Good, 0x80, 0x80, 0x80, 0x80, 0x10, 1],
        ["of a group"] = [.. Good, 0x0b],
        ["with a number without an end"] = [.. Good, 0x08, .. Enumerable.Repeat((byte)0xff, 20)],
        ["with a length beyond its end"] = [.. Good, 0x12, 9, 1],
        ["with a length of 2^64 - 1"] = [.. Good, 0x12, .. Enumerable.Repeat((byte)0xff, 9), 1],
        ["with two graphs"] = [.. Good, 0x3a, 0],
    };

    public static TheoryData<string> Cases => [.. Damaged.Keys];

    [Theory, MemberData(nameof(Cases))]
    public void Is_refused(string name) => AssertRefused(Damaged[name]);

    [Fact]
    public void Cut_anywhere_is_refused()
    {
        for (var length = 0; length < Good.Length; length++)
            AssertRefused(Good[..length]);
    }

    [Fact]
    public void Is_one_that_nothing_is_wrong_with_in_no_case()
    {
        using var session = new CoreSession(Good, 1);
        Assert.Equal(3, session.Logits(new TinyOnnx().Picture(1, 2, 3), 1).Length);
    }

    private static void AssertRefused(byte[] onnx)
    {
        var refusal = Assert.Throws<ModelRefusedException>(() => new CoreSession(onnx, 1));
        Assert.Equal("model_damaged", refusal.Code);
        Assert.Equal("The file is not a complete ONNX model.", refusal.Message);
    }
}
