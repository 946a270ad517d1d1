using System.Net.Http.Headers;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Contracts.Models;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    public Task<Page<ModelResponse>> ListModelsAsync(string org, string? project = null, CancellationToken ct = default) =>
        GetAsync<Page<ModelResponse>>($"orgs/{E(org)}/models?limit=200{(project is null ? "" : $"&project={E(project)}")}", ct);

    public Task<Page<ModelVersionResponse>> ListModelVersionsAsync(string org, string model, CancellationToken ct = default) =>
        GetAsync<Page<ModelVersionResponse>>($"orgs/{E(org)}/models/{E(model)}/versions?limit=200", ct);

    public Task<ModelVersionResponse> GetModelVersionAsync(string org, string model, int version, CancellationToken ct = default) =>
        GetAsync<ModelVersionResponse>($"orgs/{E(org)}/models/{E(model)}/versions/{version}", ct);

    public Task<Page<TestPredictionResponse>> ListTestPredictionsAsync(
        string org,
        string model,
        int version,
        int limit = 60,
        string? label = null,
        string? predicted = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<TestPredictionResponse>>(
            $"orgs/{E(org)}/models/{E(model)}/versions/{version}/predictions?limit={limit}"
                + (label is null ? "" : $"&label={E(label)}")
                + (predicted is null ? "" : $"&predicted={E(predicted)}"),
            ct
        );

    /// <summary>Figures of a version on its test pictures, beside those of another one.</summary>
    /// <param name="against">Null: the version before.</param>
    public Task<EvaluationFiguresResponse> GetFiguresAsync(
        string org,
        string model,
        int version,
        int? against = null,
        CancellationToken ct = default
    ) =>
        GetAsync<EvaluationFiguresResponse>(
            $"orgs/{E(org)}/models/{E(model)}/versions/{version}/figures{(against is null ? "" : $"?against={against}")}",
            ct
        );

    public Task<ClassCurvesResponse> GetClassCurvesAsync(
        string org,
        string model,
        int version,
        string className,
        CancellationToken ct = default
    ) => GetAsync<ClassCurvesResponse>($"orgs/{E(org)}/models/{E(model)}/versions/{version}/curves?class={E(className)}", ct);

    public Task<Page<DeploymentResponse>> ListDeploymentsAsync(string org, string? project = null, CancellationToken ct = default) =>
        GetAsync<Page<DeploymentResponse>>($"orgs/{E(org)}/deployments?limit=200{(project is null ? "" : $"&project={E(project)}")}", ct);

    public Task<DeploymentResponse> CreateDeploymentAsync(string org, CreateDeploymentRequest request, CancellationToken ct = default) =>
        PostAsync<DeploymentResponse>($"orgs/{E(org)}/deployments", request, ct);

    public Task<DeploymentResponse> GetDeploymentAsync(string org, string name, int wait = 0, CancellationToken ct = default) =>
        GetAsync<DeploymentResponse>($"orgs/{E(org)}/deployments/{E(name)}?wait={wait}", ct);

    public Task<DeploymentResponse> UpdateDeploymentAsync(
        string org,
        string name,
        UpdateDeploymentRequest request,
        CancellationToken ct = default
    ) => PatchAsync<DeploymentResponse>($"orgs/{E(org)}/deployments/{E(name)}", request, ct);

    public Task DeleteDeploymentAsync(string org, string name, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/deployments/{E(name)}", null, ct);

    public Task<PredictionResponse> PredictAsync(string org, string deployment, byte[] image, int top = 5, CancellationToken ct = default)
    {
        var content = new ByteArrayContent(image) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        return SendAsync<PredictionResponse>(HttpMethod.Post, $"orgs/{E(org)}/deployments/{E(deployment)}/predict?top={top}", content, ct);
    }
}
