namespace GpuGeek.Architecture.Tests;

public sealed class FilesStaySmall
{
    private const int MaxLines = 400;
    private const int MaxProgramLines = 60;

    private static IEnumerable<string> TooLong(IEnumerable<(string File, int Lines)> files) =>
        from file in files
        let limit = Path.GetFileName(file.File) == "Program.cs" ? MaxProgramLines : MaxLines
        where file.Lines > limit
        select $"{file.File}: {file.Lines} lines, at most {limit}";

    [Fact]
    public void No_file_is_over_400_lines_and_no_Program_over_60() =>
        Assert.Empty(
            TooLong(Repository.SourceFiles().Select(file => (Path.GetRelativePath(Repository.Root, file), File.ReadLines(file).Count())))
        );

    [Fact]
    public void Planted_long_files_are_seen() =>
        Assert.Equal(
            ["src/Api/Program.cs: 61 lines, at most 60", "src/X.cs: 401 lines, at most 400"],
            TooLong([("src/Api/Program.cs", 61), ("src/X.cs", 401), ("src/Y.cs", 400)])
        );

    // Tests are longer: they contain requests and expected responses, one assignment per line.
    [Theory]
    [InlineData("src", 150)]
    [InlineData("tests", 200)]
    public void Nine_of_ten_files_are_short(string folder, int most)
    {
        var files = Repository
            .SourceFiles()
            .Where(file => Path.GetRelativePath(Repository.Root, file).StartsWith(folder, StringComparison.Ordinal));
        var lines = files.Select(file => File.ReadLines(file).Count()).Order().ToArray();
        Assert.InRange(lines[(int)(lines.Length * 0.9)], 1, most);
    }

    private const int MaxColumns = 140;

    private static IEnumerable<string> TooWide(string file, IEnumerable<string> lines) =>
        from line in lines.Index()
        where line.Item.Length > MaxColumns
        select $"{file}:{line.Index + 1}: {line.Item.Length} columns, at most {MaxColumns}";

    [Fact]
    public void No_line_is_over_140_columns() =>
        Assert.Empty(
            Repository.SourceFiles().SelectMany(file => TooWide(Path.GetRelativePath(Repository.Root, file), File.ReadLines(file)))
        );

    [Fact]
    public void A_planted_wide_line_is_seen() =>
        Assert.Equal(["src/X.cs:2: 141 columns, at most 140"], TooWide("src/X.cs", [new('x', 140), new('x', 141)]));
}
