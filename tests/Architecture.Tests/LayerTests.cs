namespace GpuGeek.Architecture.Tests;

public sealed class ProjectsAreLayers
{
    private static readonly ProjectFile[] Sources = [.. ProjectFile.All("src")];

    private static ProjectFile Planted(string name, string items) =>
        ProjectFile.Parse(name, $"<Project><ItemGroup>{items}</ItemGroup></Project>");

    [Fact]
    public void Each_depends_only_on_what_the_table_allows() => Assert.Empty(ProjectRules.ForbiddenReferences(Sources));

    [Fact]
    public void A_planted_reference_from_Web_to_Infrastructure_is_seen() =>
        Assert.Equal(
            ["Web refers to Infrastructure"],
            ProjectRules.ForbiddenReferences([Planted("Web", """<ProjectReference Include="../Infrastructure/Infrastructure.csproj" />""")])
        );

    [Fact]
    public void The_table_names_every_folder_of_src() =>
        Assert.Empty(
            ProjectRules.UnknownProjects(Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(d => Path.GetFileName(d)))
        );

    [Fact]
    public void A_planted_folder_is_seen() =>
        Assert.Equal(["src/Common is not in the table of layers"], ProjectRules.UnknownProjects(["Domain", "Common"]));

    [Fact]
    public void Every_project_of_the_table_exists() =>
        Assert.Equal(ProjectRules.Allowed.Keys.Order(StringComparer.Ordinal), Sources.Select(s => s.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Domain_and_Contracts_take_no_package() => Assert.Empty(ProjectRules.PackagesInPureProjects(Sources));

    [Fact]
    public void A_planted_package_in_Domain_is_seen() =>
        Assert.Equal(
            ["Domain takes the package Newtonsoft.Json"],
            ProjectRules.PackagesInPureProjects([Planted("Domain", """<PackageReference Include="Newtonsoft.Json" />""")])
        );

    [Fact]
    public void Torch_stays_in_Training_and_Worker() =>
        Assert.Empty(ProjectRules.TorchOutsideTraining(Sources.Concat(ProjectFile.All("tests"))));

    [Fact]
    public void A_planted_torch_package_in_Api_is_seen() =>
        Assert.Equal(
            ["Api takes the package libtorch-cpu-linux-x64"],
            ProjectRules.TorchOutsideTraining([Planted("Api", """<PackageReference Include="libtorch-cpu-linux-x64" />""")])
        );
}
