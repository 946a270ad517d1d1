using GpuGeek.Domain.Deployments;

namespace GpuGeek.Domain.Tests.Deployments;

public sealed class TheAddressOfAPredictor
{
    [Theory]
    [InlineData("/run/predictor.sock", "/run/predictor.sock")]
    [InlineData("http://10.0.0.5:5300/", "http://10.0.0.5:5300")]
    [InlineData("https://gpu1.example.org", "https://gpu1.example.org")]
    [InlineData(" /a.sock , http://[::1]:5300,/a.sock ", "/a.sock http://[::1]:5300")]
    public void Is_a_socket_or_a_port_or_several(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', PredictorAddress.ParseList(text)!.Select(a => a.Text)));

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("predictor.sock")]
    [InlineData("10.0.0.5:5300")]
    [InlineData("ftp://10.0.0.5")]
    [InlineData("http://me:secret@10.0.0.5:5300")]
    [InlineData("http://10.0.0.5:5300/path")]
    [InlineData("http://10.0.0.5:5300?x=1")]
    [InlineData("/run/")]
    [InlineData("/ok.sock,nonsense")]
    public void Is_refused_in_any_other_form(string text) => Assert.Null(PredictorAddress.ParseList(text));

    [Fact]
    public void Is_refused_if_the_kernel_would_cut_it() => Assert.Null(PredictorAddress.Parse("/" + new string('x', 107)));
}
