using GpuGeek.Web.Accounts;

namespace GpuGeek.Web.Tests.Accounts;

public sealed class AReturnAddress
{
    [Theory]
    [InlineData("/acme/flowers/data?class=rose")]
    [InlineData("/")]
    public void On_this_site_is_followed(string url) => Assert.Equal(url, LocalUrl.Or(url, "/home"));

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("/\n\\evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https:/evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("\\/evil.example")]
    [InlineData("///evil.example")]
    [InlineData("\t//evil.example")]
    [InlineData(" //evil.example")]
    [InlineData("/\r\nLocation: https://evil.example")]
    [InlineData("%2F%2Fevil.example")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example")]
    [InlineData("")]
    [InlineData(null)]
    public void Anywhere_else_is_not(string? url) => Assert.Equal("/home", LocalUrl.Or(url, "/home"));
}
