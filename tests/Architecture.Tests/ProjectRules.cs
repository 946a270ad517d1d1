using System.Xml.Linq;

namespace GpuGeek.Architecture.Tests;

/// <summary>References of a .csproj, read from the file, since the compiler drops references that no code uses.</summary>
internal sealed record ProjectFile(string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public static ProjectFile Parse(string name, string xml)
    {
        var project = XDocument.Parse(xml).Root!;
        // ReferenceOutputAssembly=false only orders the build: nothing of that project can be used.
        var references = project
            .Descendants("ProjectReference")
            .Where(r => !string.Equals((string?)r.Attribute("ReferenceOutputAssembly"), "false", StringComparison.OrdinalIgnoreCase))
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        var packages = project.Descendants("PackageReference").Select(p => (string)p.Attribute("Include")!);
        return new(name, [.. references], [.. packages]);
    }

    public static IEnumerable<ProjectFile> All(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .Select(file => Parse(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file)));
}

/// <summary>The layers. Each rule gets its input as a parameter and returns the violations, so that a planted violation can test
/// it.</summary>
internal static class ProjectRules
{
    /// <summary>Project → what it may depend on.</summary>
    public static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Recipes"] = [],
        ["Domain"] = ["Recipes"],
        ["Contracts"] = ["Recipes"],
        ["Infrastructure"] = ["Domain"],
        ["Imaging"] = ["Domain"],
        ["Training"] = ["Domain", "Imaging", "Recipes"],
        ["Inference"] = ["Domain", "Imaging"],
        ["Api"] = ["Contracts", "Domain", "Infrastructure"],
        ["Predictor"] = ["Domain", "Imaging", "Inference"],
        ["Worker"] = ["Domain", "Infrastructure", "Imaging", "Training", "Inference"],
        ["Web"] = ["Contracts"],
        ["AppHost"] = [],
    };

    public static IEnumerable<string> ForbiddenReferences(IEnumerable<ProjectFile> projects) =>
        from project in projects
        from reference in project.References
        where !Allowed.GetValueOrDefault(project.Name, []).Contains(reference)
        select $"{project.Name} refers to {reference}";

    public static IEnumerable<string> UnknownProjects(IEnumerable<string> folders) =>
        folders.Where(folder => !Allowed.ContainsKey(folder)).Select(folder => $"src/{folder} is not in the table of layers");

    public static IEnumerable<string> PackagesInPureProjects(IEnumerable<ProjectFile> projects) =>
        from project in projects
        where project.Name is "Recipes" or "Domain" or "Contracts"
        from package in project.Packages
        select $"{project.Name} takes the package {package}";

    public static IEnumerable<string> TorchOutsideTraining(IEnumerable<ProjectFile> projects) =>
        from project in projects
        where project.Name is not ("Training" or "Worker" or "Training.Tests" or "Gpu.Tests" or "Benchmarks")
        from package in project.Packages
        where package.Contains("torch", StringComparison.OrdinalIgnoreCase)
        select $"{project.Name} takes the package {package}";
}
