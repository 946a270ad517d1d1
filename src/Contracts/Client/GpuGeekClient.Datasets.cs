using System.Globalization;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Jobs;

namespace GpuGeek.Contracts.Client;

public sealed partial class GpuGeekClient
{
    private static string DatasetPath(string org, Guid dataset) => $"orgs/{E(org)}/datasets/{dataset}";

    public Task<Page<DatasetResponse>> ListDatasetsAsync(string org, string project, CancellationToken ct = default) =>
        GetAsync<Page<DatasetResponse>>($"orgs/{E(org)}/datasets?project={E(project)}&limit=200", ct);

    public Task<DatasetResponse> CreateDatasetAsync(string org, CreateDatasetRequest request, CancellationToken ct = default) =>
        PostAsync<DatasetResponse>($"orgs/{E(org)}/datasets", request, ct);

    public Task<DatasetResponse> UpdateDatasetAsync(
        string org,
        Guid dataset,
        UpdateDatasetRequest request,
        CancellationToken ct = default
    ) => PatchAsync<DatasetResponse>(DatasetPath(org, dataset), request, ct);

    public Task<DatasetResponse> GetDatasetAsync(string org, Guid dataset, CancellationToken ct = default) =>
        GetAsync<DatasetResponse>(DatasetPath(org, dataset), ct);

    public Task<DatasetStatsResponse> GetDatasetStatsAsync(string org, Guid dataset, CancellationToken ct = default) =>
        GetAsync<DatasetStatsResponse>($"{DatasetPath(org, dataset)}/stats", ct);

    public Task<ImportResponse> CreateImportAsync(string org, Guid dataset, CreateImportRequest request, CancellationToken ct = default) =>
        PostAsync<ImportResponse>($"{DatasetPath(org, dataset)}/imports", request, ct);

    /// <summary>Uploads an archive and starts its import.</summary>
    public Task<ImportResponse> UploadAsync(string org, Guid dataset, string fileName, Stream archive, CancellationToken ct = default) =>
        SendAsync<ImportResponse>(HttpMethod.Put, $"{DatasetPath(org, dataset)}/imports/{E(fileName)}", new StreamContent(archive), ct);

    public Task<Page<ImportResponse>> ListImportsAsync(string org, Guid dataset, CancellationToken ct = default) =>
        GetAsync<Page<ImportResponse>>($"{DatasetPath(org, dataset)}/imports", ct);

    /// <param name="wait">Seconds to wait for the import to end, 0..60.</param>
    public Task<ImportResponse> GetImportAsync(string org, Guid dataset, Guid import, int wait = 0, CancellationToken ct = default) =>
        GetAsync<ImportResponse>($"{DatasetPath(org, dataset)}/imports/{import}?wait={wait}", ct);

    public Task<Page<SkippedFileResponse>> ListSkippedAsync(
        string org,
        Guid dataset,
        Guid import,
        string? after = null,
        CancellationToken ct = default
    ) =>
        GetAsync<Page<SkippedFileResponse>>(
            $"{DatasetPath(org, dataset)}/imports/{import}/skipped?limit=100{(after is null ? "" : $"&after={E(after)}")}",
            ct
        );

    /// <summary>Retries an import that was interrupted too often, using the kept upload.</summary>
    public Task<ImportResponse> RetryImportAsync(string org, Guid dataset, Guid import, CancellationToken ct = default) =>
        PostAsync<ImportResponse>($"{DatasetPath(org, dataset)}/imports/{import}/retry", null, ct);

    /// <summary>Decides what an import does that waits in the state <c>review</c>.</summary>
    public Task<ImportResponse> StartImportAsync(
        string org,
        Guid dataset,
        Guid import,
        StartImportRequest request,
        CancellationToken ct = default
    ) => PostAsync<ImportResponse>($"{DatasetPath(org, dataset)}/imports/{import}/start", request, ct);

    /// <summary>Sends a table of labels beside an archive, before the archive has arrived.</summary>
    public Task<ImportResponse> UploadLabelsAsync(
        string org,
        Guid dataset,
        Guid import,
        string fileName,
        Stream table,
        CancellationToken ct = default
    ) =>
        SendAsync<ImportResponse>(
            HttpMethod.Put,
            $"{DatasetPath(org, dataset)}/imports/{import}/labels?name={E(fileName)}",
            new StreamContent(table),
            ct
        );

    public Task CancelImportAsync(string org, Guid dataset, Guid import, CancellationToken ct = default) =>
        SendAsync(HttpMethod.Delete, $"{DatasetPath(org, dataset)}/imports/{import}", null, ct);

    public Task<Page<ImageResponse>> ListImagesAsync(
        string org,
        Guid dataset,
        string? className = null,
        string? after = null,
        int limit = 60,
        CancellationToken ct = default
    ) => ListImagesAsync(org, dataset, new ImageFilter(className), after, limit, ct);

    public Task<Page<ImageResponse>> ListImagesAsync(
        string org,
        Guid dataset,
        ImageFilter filter,
        string? after = null,
        int limit = 60,
        CancellationToken ct = default
    ) => GetAsync<Page<ImageResponse>>($"{DatasetPath(org, dataset)}/images?limit={limit}{Query(filter)}{After(after)}", ct);

    /// <summary>A page from an ordinal on.</summary>
    /// <param name="sort"><c>added</c>, <c>name</c> or <c>size</c>, or one of them after a <c>-</c>.</param>
    /// <param name="at">Pictures before it.</param>
    public Task<Page<ImageResponse>> ListImagesAtAsync(
        string org,
        Guid dataset,
        ImageFilter filter,
        string sort,
        int at,
        int limit,
        CancellationToken ct = default
    ) => GetAsync<Page<ImageResponse>>($"{DatasetPath(org, dataset)}/images?limit={limit}&at={at}&sort={sort}{Query(filter)}", ct);

    public Task<ImageCountResponse> CountImagesAsync(string org, Guid dataset, ImageFilter filter, CancellationToken ct = default) =>
        GetAsync<ImageCountResponse>($"{DatasetPath(org, dataset)}/images/count?{Query(filter).TrimStart('&')}", ct);

    private static string Query(ImageFilter filter)
    {
        string Of(string name, string? value) => value is null ? "" : $"&{name}={E(value)}";
        string? At(DateTimeOffset? moment) => moment?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
        return Of("class", filter.Class)
            + Of("split", filter.Split)
            + Of("q", filter.Name)
            + Of("addedFrom", At(filter.AddedFrom))
            + Of("addedTo", At(filter.AddedTo))
            + Of("addedBy", filter.AddedBy?.ToString())
            + Of("labelled", filter.Labelled is { } isLabelled ? (isLabelled ? "true" : "false") : null)
            + Of("archived", filter.Archived ? "true" : null)
            + Of("wrongBy", filter.WrongBy);
    }

    /// <summary>Renames a class, or merges it into another one.</summary>
    public Task<ClassCount> RenameClassAsync(string org, Guid dataset, RenameClassRequest request, CancellationToken ct = default) =>
        PostAsync<ClassCount>($"{DatasetPath(org, dataset)}/classes/rename", request, ct);

    /// <summary>Changes or removes many pictures at once.</summary>
    public Task<ImageEditResponse> EditImagesAsync(string org, Guid dataset, EditImagesRequest request, CancellationToken ct = default) =>
        PostAsync<ImageEditResponse>($"{DatasetPath(org, dataset)}/images/edits", request, ct);

    /// <summary>How far the edit that is running now is; none if its total is 0.</summary>
    public Task<ImageEditProgressResponse> GetImageEditProgressAsync(string org, Guid dataset, CancellationToken ct = default) =>
        GetAsync<ImageEditProgressResponse>($"{DatasetPath(org, dataset)}/images/edits/progress", ct);

    public Task<ImageEditResponse> UndoImageEditAsync(string org, Guid dataset, Guid edit, CancellationToken ct = default) =>
        PostAsync<ImageEditResponse>($"{DatasetPath(org, dataset)}/images/edits/{edit}/undo", null, ct);

    public Task<ImageResponse> UpdateImageAsync(
        string org,
        Guid dataset,
        Guid image,
        UpdateImageRequest request,
        CancellationToken ct = default
    ) => PatchAsync<ImageResponse>($"{DatasetPath(org, dataset)}/images/{image}", request, ct);

    public Task<ImageResponse> GetImageAsync(string org, Guid dataset, Guid image, CancellationToken ct = default) =>
        GetAsync<ImageResponse>($"{DatasetPath(org, dataset)}/images/{image}", ct);

    public Task<Tagged<ImageResponse>> GetTaggedImageAsync(string org, Guid dataset, Guid image, CancellationToken ct = default) =>
        SendTaggedAsync<ImageResponse>(HttpMethod.Get, $"{DatasetPath(org, dataset)}/images/{image}", null, ct);

    public Task<Tagged<ImageResponse>> UpdateTaggedImageAsync(
        string org,
        Guid dataset,
        Guid image,
        UpdateImageRequest request,
        CancellationToken ct = default
    ) => SendTaggedAsync<ImageResponse>(HttpMethod.Patch, $"{DatasetPath(org, dataset)}/images/{image}", request, ct);

    public Task<Page<VersionResponse>> ListVersionsAsync(string org, Guid dataset, CancellationToken ct = default) =>
        GetAsync<Page<VersionResponse>>($"{DatasetPath(org, dataset)}/versions?limit=200", ct);

    public Task<VersionResponse> CreateVersionAsync(
        string org,
        Guid dataset,
        CreateVersionRequest request,
        CancellationToken ct = default
    ) => PostAsync<VersionResponse>($"{DatasetPath(org, dataset)}/versions", request, ct);

    public Task<VersionResponse> UpdateVersionAsync(
        string org,
        Guid dataset,
        Guid version,
        UpdateVersionRequest request,
        CancellationToken ct = default
    ) => PatchAsync<VersionResponse>($"{DatasetPath(org, dataset)}/versions/{version}", request, ct);

    public Task<VersionResponse> GetVersionAsync(string org, Guid dataset, Guid version, CancellationToken ct = default) =>
        GetAsync<VersionResponse>($"{DatasetPath(org, dataset)}/versions/{version}", ct);

    /// <summary>Makes the dataset what the version is.</summary>
    public Task<ImportResponse> RestoreVersionAsync(string org, Guid dataset, Guid version, CancellationToken ct = default) =>
        PostAsync<ImportResponse>($"{DatasetPath(org, dataset)}/versions/{version}/restore", null, ct);

    /// <summary>How a version differs from another one of its dataset.</summary>
    /// <param name="kind">Null: changes of all kinds.</param>
    public Task<VersionChangesResponse> GetVersionChangesAsync(
        string org,
        Guid dataset,
        Guid version,
        Guid since,
        string? kind = null,
        string? after = null,
        CancellationToken ct = default
    ) =>
        GetAsync<VersionChangesResponse>(
            $"{DatasetPath(org, dataset)}/versions/{version}/changes?since={since}"
                + (kind is null ? "" : $"&kind={kind}")
                + (after is null ? "" : $"&after={after}"),
            ct
        );

    /// <summary>An address that downloads the version.</summary>
    /// <param name="keepsMetadata">Pictures as they were uploaded, with EXIF and comments.</param>
    public Task<VersionArchiveResponse> GetVersionArchiveAsync(
        string org,
        Guid dataset,
        Guid version,
        bool keepsMetadata = false,
        CancellationToken ct = default
    ) =>
        GetAsync<VersionArchiveResponse>(
            $"{DatasetPath(org, dataset)}/versions/{version}/archive?metadata={(keepsMetadata ? "keep" : "strip")}",
            ct
        );

    /// <summary>What a recipe's augmentation makes of some of the pictures.</summary>
    public Task<AugmentationPreviewResponse> PreviewAugmentationAsync(
        string org,
        Guid dataset,
        PreviewAugmentationRequest request,
        CancellationToken ct = default
    ) => PostAsync<AugmentationPreviewResponse>($"{DatasetPath(org, dataset)}/augmentation-preview", request, ct);

    /// <summary>Computes the embeddings of a version's pictures, in a job.</summary>
    public Task<JobResponse> CreateEmbeddingsAsync(
        string org,
        Guid dataset,
        Guid version,
        CreateEmbeddingsRequest request,
        CancellationToken ct = default
    ) => PostAsync<JobResponse>($"orgs/{E(org)}/datasets/{dataset}/versions/{version}/embeddings", request, ct);
}
