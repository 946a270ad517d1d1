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
        Guid? evaluation = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<TestPredictionResponse>>(
            $"orgs/{E(org)}/models/{E(model)}/versions/{version}/predictions?limit={limit}"
                + (label is null ? "" : $"&label={E(label)}")
                + (predicted is null ? "" : $"&predicted={E(predicted)}")
                + (evaluation is null ? "" : $"&evaluation={evaluation}"),
            ct
        );

    /// <summary>Figures of a version on its test pictures, beside those of another one.</summary>
    /// <param name="against">Null: the version before.</param>
    public Task<EvaluationFiguresResponse> GetFiguresAsync(
        string org,
        string model,
        int version,
        int? against = null,
        Guid? evaluation = null,
        CancellationToken ct = default
    ) =>
        GetAsync<EvaluationFiguresResponse>(
            $"orgs/{E(org)}/models/{E(model)}/versions/{version}/figures?"
                + (against is null ? "" : $"&against={against}")
                + (evaluation is null ? "" : $"&evaluation={evaluation}"),
            ct
        );

    public Task<ClassCurvesResponse> GetClassCurvesAsync(
        string org,
        string model,
        int version,
        string className,
        Guid? evaluation = null,
        CancellationToken ct = default
    ) =>
        GetAsync<ClassCurvesResponse>(
            $"orgs/{E(org)}/models/{E(model)}/versions/{version}/curves?class={E(className)}"
                + (evaluation is null ? "" : $"&evaluation={evaluation}"),
            ct
        );

    /// <summary>What thresholds do on the run's validation and test pictures.</summary>
    public Task<ThresholdsResponse> GetThresholdsAsync(string org, string model, int version, CancellationToken ct = default) =>
        GetAsync<ThresholdsResponse>($"orgs/{E(org)}/models/{E(model)}/versions/{version}/thresholds", ct);

    public Task<Page<AliasResponse>> ListAliasesAsync(string org, string model, CancellationToken ct = default) =>
        GetAsync<Page<AliasResponse>>($"orgs/{E(org)}/models/{E(model)}/aliases", ct);

    /// <summary>Sets or moves it; deployments that follow it switch.</summary>
    public Task<AliasResponse> SetAliasAsync(string org, string model, string alias, int version, CancellationToken ct = default) =>
        PutAsync<AliasResponse>($"orgs/{E(org)}/models/{E(model)}/aliases/{E(alias)}", new SetAliasRequest { Version = version }, ct);

    public Task DeleteAliasAsync(string org, string model, string alias, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"orgs/{E(org)}/models/{E(model)}/aliases/{E(alias)}", null, ct);

    private static string EvaluationsPath(string org, string model, int version) =>
        $"orgs/{E(org)}/models/{E(model)}/versions/{version}/evaluations";

    public Task<Page<EvaluationResponse>> ListEvaluationsAsync(string org, string model, int version, CancellationToken ct = default) =>
        GetAsync<Page<EvaluationResponse>>($"{EvaluationsPath(org, model, version)}?limit=200", ct);

    public Task<EvaluationResponse> GetEvaluationAsync(
        string org,
        string model,
        int version,
        Guid evaluation,
        int wait = 0,
        CancellationToken ct = default
    ) => GetAsync<EvaluationResponse>($"{EvaluationsPath(org, model, version)}/{evaluation}?wait={wait}", ct);

    /// <summary>What an evaluation would score, and which classes differ.</summary>
    public Task<EvaluationPreviewResponse> PreviewEvaluationAsync(
        string org,
        string model,
        int version,
        Guid datasetVersion,
        string split,
        CancellationToken ct = default
    ) =>
        GetAsync<EvaluationPreviewResponse>(
            $"{EvaluationsPath(org, model, version)}/preview?datasetVersion={datasetVersion}&split={E(split)}",
            ct
        );

    /// <summary>Evaluates, or finds the evaluation that answers the same question.</summary>
    public Task<EvaluationResponse> CreateEvaluationAsync(
        string org,
        string model,
        int version,
        CreateEvaluationRequest request,
        CancellationToken ct = default
    ) => PostAsync<EvaluationResponse>(EvaluationsPath(org, model, version), request, ct);

    public Task DeleteEvaluationAsync(string org, string model, int version, Guid evaluation, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"{EvaluationsPath(org, model, version)}/{evaluation}", null, ct);

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
