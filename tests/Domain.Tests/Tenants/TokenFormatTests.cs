using GpuGeek.Domain.Tenants;

namespace GpuGeek.Domain.Tests.Tenants;

public sealed class GivingOutTokens
{
    [Theory]
    [InlineData(TokenKind.Session)]
    [InlineData(TokenKind.ApiKey)]
    [InlineData(TokenKind.Setup)]
    [InlineData(TokenKind.SignInLink)]
    public void A_token_tells_its_kind(TokenKind kind)
    {
        var token = TokenFormat.Create(kind);
        Assert.True(TokenFormat.TryParse(token, out var parsed));
        Assert.Equal(kind, parsed);
        Assert.StartsWith(TokenFormat.Recognizable(token), token, StringComparison.Ordinal);
        Assert.Equal(TokenFormat.Prefix(kind).Length + 4, TokenFormat.Recognizable(token).Length);
    }

    [Fact]
    public void One_changed_character_anywhere_is_noticed()
    {
        var token = TokenFormat.Create(TokenKind.ApiKey);
        for (var i = 0; i < token.Length; i++)
        {
            var other = token[i] == 'a' ? 'b' : 'a';
            Assert.False(TokenFormat.TryParse(token[..i] + other + token[(i + 1)..], out _), $"position {i}");
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gg_k_")]
    [InlineData("gg_k_short")]
    [InlineData("Bearer something")]
    public void Anything_else_is_refused(string? token) => Assert.False(TokenFormat.TryParse(token, out _));

    [Fact]
    public void Two_tokens_never_meet() =>
        Assert.Equal(2_000, Enumerable.Range(0, 2_000).Select(_ => TokenFormat.Create(TokenKind.Session)).Distinct().Count());
}
