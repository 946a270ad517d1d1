using GpuGeek.Domain.Comments;

namespace GpuGeek.Domain.Tests.Comments;

public sealed class AMention
{
    private static readonly Mentionable Ann = new(Guid.Parse("00000000-0000-0000-0000-000000000001"), "Ann", "ann@example.org");
    private static readonly Mentionable AnnLee = new(Guid.Parse("00000000-0000-0000-0000-000000000002"), "Ann Lee", "lee@example.org");
    private static readonly Mentionable Twin = new(Guid.Parse("00000000-0000-0000-0000-000000000003"), "Bo", "bo@example.org");
    private static readonly Mentionable OtherTwin = new(Guid.Parse("00000000-0000-0000-0000-000000000004"), "bo", "bo@example.com");
    private static readonly Mentionable Chinese = new(Guid.Parse("00000000-0000-0000-0000-000000000005"), "王芳", "fang@example.org");
    private static readonly Mentionable[] Members = [Ann, AnnLee, Twin, OtherTwin, Chinese];

    [Theory]
    [InlineData("@Ann look", "@Ann")]
    [InlineData("look, @ann!", "@ann")]
    [InlineData("(@Ann Lee)", "@Ann Lee")]
    [InlineData("@Ann Leeds", "@Ann")]
    [InlineData("@ann@example.org.", "@ann@example.org")]
    [InlineData("@ANN@EXAMPLE.ORG", "@ANN@EXAMPLE.ORG")]
    [InlineData("@Ann\n@Ann Lee", "@Ann|@Ann Lee")]
    [InlineData("@bo@example.com and @bo@example.org", "@bo@example.com|@bo@example.org")]
    [InlineData("😀 @王芳 看", "@王芳")]
    public void Is_the_longest_name_or_email_behind_the_sign(string text, string found) =>
        Assert.Equal(found.Split('|'), MentionFinder.Find(text, Members).Select(m => text.Substring(m.Start, m.Length)));

    [Theory]
    [InlineData("Ann")]
    [InlineData("@Annabel")]
    [InlineData("mail ann@example.org")]
    [InlineData("x@Ann")]
    [InlineData("@Bo")]
    [InlineData("@ann@example.organic")]
    [InlineData("@ Ann")]
    [InlineData("@")]
    [InlineData("")]
    public void Is_not(string text) => Assert.Empty(MentionFinder.Find(text, Members));

    [Fact]
    public void Says_who_is_meant() =>
        Assert.Equal([AnnLee.User, Ann.User], MentionFinder.Find("@Ann Lee, @Ann", Members).Select(m => m.User));

    [Fact]
    public void Is_found_in_a_text_full_of_signs_in_no_time() =>
        Assert.Equal(1000, MentionFinder.Find(string.Concat(Enumerable.Repeat("@Ann", 1000).Select(m => m + " ")), Members).Length);
}
