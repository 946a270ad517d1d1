using System.Text.RegularExpressions;

namespace GpuGeek.Architecture.Tests;

/// <summary>A call without the token continues when nobody waits for it any more.</summary>
public sealed partial class EveryCallOfALivePage
{
    private static readonly string Folder = Path.Combine(Repository.Root, "src/Web/Components");

    /// <summary>Calls of the API, of the workspace or of the browser whose arguments do not name the token.</summary>
    private static IEnumerable<string> WithoutToken(string text) =>
        Calls().Matches(text).Select(m => m.Value).Where(call => !call.Contains("Gone", StringComparison.Ordinal));

    public static TheoryData<string> Files =>
        [
            .. new[] { "Pages", "Controls", "Layout" }
                .SelectMany(f => Directory.EnumerateFiles(Path.Combine(Folder, f), "*", SearchOption.AllDirectories))
                .Select(f => Path.GetRelativePath(Folder, f)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Ends_with_it(string file) => Assert.Empty(WithoutToken(File.ReadAllText(Path.Combine(Folder, file))));

    [Theory]
    [InlineData("await Api.GetRunAsync(Org, Run);")]
    [InlineData("await Workspace.RefreshAsync(Org, F(Project));")]
    [InlineData("await Browser.CopyAsync(Text);")]
    [InlineData("await Api.Once(Form).CreateKeyAsync(Org, request);")]
    public void Without_the_token_is_seen(string line) => Assert.Single(WithoutToken(line));

    [Theory]
    [InlineData("await Api.CreateRunAsync(Org, new() { Name = F(name) }, Gone);")]
    [InlineData("var loaded = Browser.ImportAsync(module).WaitAsync(Gone);")]
    public void With_it_is_fine(string line) => Assert.Empty(WithoutToken(line));

    [GeneratedRegex(
        @"\b(?:Api(?:\.Once\(Form\))?|Workspace|Browser)\.\w+Async"
            + @"(?<args>\((?>[^()]+|(?<open>\()|(?<-open>\)))*(?(open)(?!))\))(?:\.WaitAsync\(Gone\))?"
    )]
    private static partial Regex Calls();
}
