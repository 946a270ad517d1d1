using System.Text.Json.Nodes;

namespace GpuGeek.Recipes;

/// <summary>Puts what a partial document says into a whole one, and names everything in it that cannot be.</summary>
internal static class RecipeMerge
{
    public static void Into(JsonObject whole, JsonObject given, List<RecipeProblem> problems)
    {
        foreach (var (name, value) in given)
            if (name is not ("preset" or "schema"))
                Section(whole, name, value, problems);
    }

    private static void Section(JsonObject whole, string path, JsonNode? value, List<RecipeProblem> problems)
    {
        var name = RecipePath.Last(path);
        if (RecipeSchema.Sections.FirstOrDefault(s => s.Path == path) is not { } section)
        {
            problems.Add(Unknown(path));
            return;
        }
        if (value is null)
        {
            // Null takes the preset's values, or no section where it may be missing.
            if (section.Nullable)
                whole[name] = null;
            return;
        }
        if (value is not JsonObject settings)
        {
            problems.Add(new(path, "impossible_value", $"{path} is a section: send an object with its settings."));
            return;
        }
        if (section.Nullable)
            whole[name] = new JsonObject();
        var target = whole[name]!.AsObject();
        foreach (var (key, inner) in settings)
            One(target, $"{path}.{key}", key, inner, problems);
    }

    private static void One(JsonObject target, string path, string key, JsonNode? value, List<RecipeProblem> problems)
    {
        if (RecipeSchema.Find(path) is not { } setting)
        {
            Section(target, path, value, problems);
            return;
        }
        if (setting.About.ReadOnly || (value is null && !setting.Nullable))
            return;
        if (value is not null && SettingValue.Problem(setting, value) is { } problem)
            problems.Add(new(path, "impossible_value", problem));
        else
            target[key] = value?.DeepClone();
    }

    public static RecipeProblem Unknown(string path)
    {
        var known = RecipeSchema.Settings.Where(s => !s.About.ReadOnly).Select(s => s.Path);
        var nearest = NearestName.Of(path, known.Concat(RecipeSchema.Sections.Select(s => s.Path)));
        return new(path, "unknown_setting", $"There is no setting '{path}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}");
    }
}
