using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace GpuGeek.Api.Features.Models;

internal static class ModelFileEndpoints
{
    public const string Onnx = ResultFiles.Onnx;
    public const string Manifest = ResultFiles.Manifest;

    public static void Map(RouteGroupBuilder models)
    {
        models
            .MapGet("/{model}/versions/{version:int}/artefacts/" + Onnx, OnnxAsync)
            .Needs(Role.Viewer, Scopes.ModelsRead)
            .WithName("DownloadOnnx");
        models
            .MapGet("/{model}/versions/{version:int}/artefacts/" + Manifest, ManifestAsync)
            .Needs(Role.Viewer, Scopes.ModelsRead)
            .WithName("DownloadManifest");
        models
            .MapGet("/{model}/versions/{version:int}/predictions", PredictionsAsync)
            .Needs(Role.Viewer, Scopes.ModelsRead)
            .WithName("ListTestPredictions");
    }

    /// <summary>Download the network as ONNX, the file that the endpoint serves</summary>
    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> OnnxAsync(
        string model,
        int version,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        var stream = await store.OpenReadAsync(ObjectKeys.Content(tenant.OrgId, row.OnnxHash), cancellationToken);
        return TypedResults.Stream(
            stream,
            "application/octet-stream",
            $"{model}-{version}.onnx",
            entityTag: new EntityTagHeaderValue($"\"{row.OnnxHash}\""),
            enableRangeProcessing: true
        );
    }

    /// <summary>Get the classes, preprocessing and temperature of the ONNX file</summary>
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ManifestAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        return Made(JsonSerializer.SerializeToUtf8Bytes(row.Manifest, Indented), "application/json", "model.json");
    }

    /// <summary>A file that is made for the request: its hash is its tag.</summary>
    public static FileContentHttpResult Made(byte[] bytes, string type, string name) =>
        TypedResults.File(
            bytes,
            type,
            name,
            entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"")
        );

    /// <summary>List the predictions for the test pictures: wrong ones first, the most confident mistakes before the others</summary>
    /// <remarks>With <c>label</c> and <c>predicted</c>: those of a class, or those that were predicted as one, which is a cell of the
    /// confusion matrix. <c>evaluation</c>: the predictions of that one.</remarks>
    private static async Task<Results<Ok<Page<TestPredictionResponse>>, ProblemHttpResult>> PredictionsAsync(
        string model,
        int version,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken,
        string? label = null,
        string? predicted = null,
        Guid? evaluation = null,
        string? after = null,
        int? limit = null
    )
    {
        if (await EvaluatedPredictions.FindAsync(db, model, version, evaluation, cancellationToken) is not { } row)
            return Problems.NotFound();
        var (size, skip) = (Paging.Limit(limit), Paging.AfterNumber(after));
        var predictions = await row.ReadAsync(store, cancellationToken);
        var classes = row.Version.Manifest.Classes;
        var ordered = predictions
            .Where(p => (label is null || classes[p.Label] == label) && (predicted is null || classes[p.Predicted] == predicted))
            .OrderBy(p => p.Predicted == p.Label)
            .ThenByDescending(p => p.Probabilities[p.Predicted])
            .ThenBy(p => p.Hash, StringComparer.Ordinal)
            .Skip(skip)
            .Take(size + 1)
            .ToList();
        var hashes = ordered.Select(p => p.Hash).ToArray();
        var images = await (
            from image in db.DatasetImages
            where hashes.Contains(image.Hash) && db.DatasetVersions.Any(v => v.Id == row.DatasetVersion && v.DatasetId == image.DatasetId)
            select new
            {
                image.Hash,
                image.Id,
                image.DatasetId,
            }
        ).ToDictionaryAsync(i => i.Hash, cancellationToken);
        var items = ordered
            .Take(size)
            .Select(p =>
            {
                var image = images.GetValueOrDefault(p.Hash);
                var address = image is null ? null : $"/api/v1/orgs/{tenant.Slug}/datasets/{image.DatasetId}/images/{image.Id}/thumbnail";
                return new TestPredictionResponse(
                    p.Hash,
                    classes[p.Label],
                    classes[p.Predicted],
                    p.Probabilities[p.Predicted],
                    [.. p.Probabilities.Select(v => (double)v)],
                    address,
                    image?.Id
                );
            });
        return TypedResults.Ok(
            new Page<TestPredictionResponse>(
                [.. items],
                ordered.Count > size ? Paging.Encode((skip + size).ToString(System.Globalization.CultureInfo.InvariantCulture)) : null
            )
        );
    }

    private static readonly JsonSerializerOptions Indented = new(RunDirectory.Json) { WriteIndented = true };
}
