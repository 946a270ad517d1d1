using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Recipes;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    /// <summary>The newest version of each recipe that the organisation keeps.</summary>
    public Task<Page<RecipeResponse>> ListRecipesAsync(string org, string? after = null, CancellationToken ct = default) =>
        GetAsync<Page<RecipeResponse>>($"orgs/{E(org)}/recipes?limit=200{After(after)}", ct);

    public Task<RecipeResponse> SaveRecipeAsync(string org, SaveRecipeRequest request, CancellationToken ct = default) =>
        PostAsync<RecipeResponse>($"orgs/{E(org)}/recipes", request, ct);

    /// <param name="version">Null: the newest.</param>
    public Task<RecipeResponse> GetRecipeAsync(string org, string name, int? version = null, CancellationToken ct = default) =>
        GetAsync<RecipeResponse>($"orgs/{E(org)}/recipes/{E(name)}{(version is null ? "" : $"?version={version}")}", ct);

    public Task<Page<RecipeResponse>> ListRecipeVersionsAsync(
        string org,
        string name,
        string? after = null,
        CancellationToken ct = default
    ) => GetAsync<Page<RecipeResponse>>($"orgs/{E(org)}/recipes/{E(name)}/versions?limit=50{After(after)}", ct);

    public Task<ResolvedRecipeResponse> ResolveRecipeAsync(string org, ResolveRecipeRequest request, CancellationToken ct = default) =>
        PostAsync<ResolvedRecipeResponse>($"orgs/{E(org)}/recipes/resolve", request, ct);

    public Task DeleteRecipeAsync(string org, string name, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/recipes/{E(name)}", null, ct);
}
