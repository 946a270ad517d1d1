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
        Assert.Empty(TooLong(Repository.SourceFiles().Select(file => (Path.GetRelativePath(Repository.Root, file), File.ReadLines(file).Count()))));

    [Fact]
    public void Planted_long_files_are_seen() =>
        Assert.Equal(["src/Api/Program.cs: 61 lines, at most 60", "src/X.cs: 401 lines, at most 400"], TooLong([("src/Api/Program.cs", 61), ("src/X.cs", 401), ("src/Y.cs", 400)]));

    [Fact]
    public void Nine_of_ten_have_at_most_150_lines()
    {
        var lines = Repository.SourceFiles().Select(file => File.ReadLines(file).Count()).Order().ToArray();
        Assert.InRange(lines[(int)(lines.Length * 0.9)], 1, 150);
    }
}
