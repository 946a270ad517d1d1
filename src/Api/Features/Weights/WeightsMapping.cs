using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Weights;

namespace GpuGeek.Api.Features.Weights;

internal static class WeightsMapping
{
    public static string Address(string org, Guid weights) => $"/api/v1/orgs/{org}/weights/{weights}";

    public static WeightsResponse ToResponse(this UploadedWeights w, string org, string project) =>
        new(
            w.Id,
            project,
            w.FileName,
            w.Size,
            w.State.ToString().ToLowerInvariant(),
            w.Report?.Architecture ?? w.Asked,
            w.ContentHash is null ? null : "sha256:" + w.ContentHash,
            w.Report?.ToResponse(),
            w.Error?.ToResponse(),
            w.State == WeightsState.Uploading ? Address(org, w.Id) + "/content" : null,
            w.CreatedAt,
            w.FinishedAt,
            w.RetryUntil
        );

    private static WeightsReportResponse ToResponse(this WeightsReport r) =>
        new(
            r.Format,
            r.Tensors,
            r.Numbers,
            r.Types,
            r.Architecture,
            r.Classes,
            r.Fits,
            r.FittingGroups,
            [.. r.Groups.Select(g => new WeightsGroupResponse(g.Name, g.Tensors, g.Fitting))],
            r.Missing,
            r.MissingCount,
            r.Unexpected,
            r.UnexpectedCount,
            [.. r.Mismatched.Select(m => new WeightsMismatchResponse(m.Name, m.Network, m.File))],
            r.MismatchedCount
        );
}
