using GpuGeek.Api.Features.Accounts;

namespace GpuGeek.Api.Tests.Accounts;

public sealed class APassword
{
    [Theory]
    [InlineData("1234567890")]
    [InlineData("0987654321")]
    [InlineData("1111111111111")]
    [InlineData("abababababab")]
    [InlineData("abcdefghijkl")]
    [InlineData("qwertyuiop")]
    [InlineData("qwertyuiop123")]
    [InlineData("poiuytrewq1")]
    [InlineData("asdfghjkl;1")]
    [InlineData("1q2w3e4r5t6y")]
    [InlineData("1qaz2wsx3edc")]
    [InlineData("zaq1xsw2cde3")]
    [InlineData("azertyuiop")]
    [InlineData("Password123!")]
    [InlineData("P@ssw0rd2024")]
    [InlineData("p4$$w0rd1234")]
    [InlineData("passwordpassword")]
    [InlineData("Summer2025!")]
    [InlineData("Welcome12345")]
    [InlineData("iloveyou1234")]
    [InlineData("letmein12345")]
    [InlineData("Dr4g0nM0nk3y")]
    [InlineData("football1990")]
    [InlineData("19900101199")]
    [InlineData("01.02.1990!!")]
    [InlineData("Trustno1Trustno1")]
    [InlineData("gpugeekadmin")]
    [InlineData("GpuGeek2026!")]
    [InlineData("qwertyqwerty")]
    [InlineData("xyzxyzxyzxyz")]
    [InlineData("adminadmin1!")]
    public void That_is_tried_first_is_refused(string password) => Assert.NotNull(Passwords.Weakness(password));

    [Theory]
    [InlineData("augustalovelace", "augusta.lovelace@example.org")]
    [InlineData("AugustaAugusta1", "augusta@example.org")]
    [InlineData("L0vely Herbarium", "x@example.org", "Ann", "Herbarium")]
    [InlineData("herbarium-9#kq", "x@example.org", "Ann", "Herbarium")]
    public void Of_what_everybody_knows_is_refused(string password, params string[] names) =>
        Assert.NotNull(Passwords.Weakness(password, names));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("a long enough phrase")]
    [InlineData("quite another phrase")]
    [InlineData("analytical engine")]
    [InlineData("Tr0ub4dor&3x")]
    [InlineData("k7#Vq9!mZt")]
    [InlineData("\u4e00\u5339\u9a6c\u5728\u96ea\u5730\u91cc\u8dd1\u8fc7")]
    [InlineData("my aunt grows 14 kinds of roses")]
    [InlineData("passwords are what augusta forgets most")]
    public void That_takes_guessing_is_taken(string password) =>
        Assert.Null(Passwords.Weakness(password, "augusta@example.org", "Ada", "Acme"));

    [Fact]
    public void Of_256_characters_is_judged_at_once()
    {
        Assert.NotNull(Passwords.Weakness(string.Concat(Enumerable.Repeat("qwer1234", 32))));
        Assert.NotNull(Passwords.Weakness(new string('a', 255) + "b"));
    }
}
