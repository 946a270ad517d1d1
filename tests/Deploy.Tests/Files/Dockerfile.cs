using System.Text.Json;

namespace GpuGeek.Deploy.Tests.Files;

internal sealed record Instruction(string Verb, string Text);

internal sealed record Stage(string Name, string From, IReadOnlyList<Instruction> Instructions);

/// <summary>The stages of deploy/Dockerfile; what a stage says holds for those that begin from it.</summary>
internal sealed record Dockerfile(IReadOnlyList<Stage> Stages)
{
    public static Dockerfile Load() => Parse(File.ReadAllText(Path.Combine(TestSupport.SharedData.RepositoryRoot, "deploy/Dockerfile")));

    public static Dockerfile Parse(string text)
    {
        var stages = new List<(string Name, string From, List<Instruction> Instructions)>();
        foreach (var line in text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var (verb, rest) = (line.Split(' ')[0], line[line.IndexOf(' ', StringComparison.Ordinal)..].Trim());
            if (verb == "FROM")
                stages.Add((rest.Split(' ')[2], rest.Split(' ')[0], []));
            else
                stages[^1].Instructions.Add(new(verb, rest));
        }
        return new([.. stages.Select(s => new Stage(s.Name, s.From, s.Instructions))]);
    }

    public Stage? Find(string name) => Stages.FirstOrDefault(s => s.Name == name);

    /// <summary>The stage's instructions after those of the stages that it begins from.</summary>
    public IEnumerable<Instruction> All(string stage) => Find(stage) is { } own ? All(own.From).Concat(own.Instructions) : [];

    public string Last(string stage, string verb) => All(stage).LastOrDefault(i => i.Verb == verb)?.Text ?? "";

    /// <summary>The last image, which nobody here makes.</summary>
    public string BaseImage(string stage) => Find(stage) is { } own ? BaseImage(own.From) : stage;

    public string[] EntryPoint(string stage) =>
        Last(stage, "ENTRYPOINT") is { Length: > 0 } json ? JsonSerializer.Deserialize<string[]>(json)! : [];

    public Dictionary<string, string> Environment(string stage) =>
        All(stage)
            .Where(i => i.Verb == "ENV")
            .SelectMany(i => i.Text.Split(' '))
            .Select(p => p.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);

    /// <summary>Files of the repository that are copied in.</summary>
    public static IEnumerable<string> CopiedFiles(Stage stage) =>
        stage
            .Instructions.Where(i => i.Verb == "COPY" && !i.Text.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(i => i.Text.Split(' ').Where(w => !w.StartsWith("--", StringComparison.Ordinal)).SkipLast(1));

    /// <summary>The stage whose output a host's image takes.</summary>
    public Stage? Publisher(string stage) =>
        All(stage)
            .Where(i => i.Verb == "COPY" && i.Text.Contains("--from=", StringComparison.Ordinal))
            .Select(i => Find(i.Text.Split(' ')[0]["--from=".Length..]))
            .LastOrDefault();
}
