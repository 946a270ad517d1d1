using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Weights;

namespace GpuGeek.Api.Features.Weights;

/// <summary>A weights file with its project's slug and its job.</summary>
internal sealed record WeightsOfProject(UploadedWeights File, string Project, Job? Job) : UploadWithJob(File, Job)
{
    public string State =>
        Job?.State switch
        {
            null => File.State.ToString().ToLowerInvariant(),
            JobState.Queued => "queued",
            JobState.Running => "inspecting",
            JobState.Succeeded => "ready",
            _ => "failed",
        };
}

internal static class WeightsMapping
{
    public static string Address(string org, Guid weights) => $"/api/v1/orgs/{org}/weights/{weights}";

    public static WeightsResponse ToResponse(this WeightsOfProject w, string org) =>
        new(
            w.File.Id,
            w.Project,
            w.File.FileName,
            w.File.Size,
            w.State,
            w.File.Report?.Architecture ?? w.File.Asked,
            w.File.ContentHash is null ? null : "sha256:" + w.File.ContentHash,
            w.File.Report?.ToResponse(),
            (w.Error ?? (w.Job?.State == JobState.Canceled ? Canceled : null))?.ToResponse(),
            w.File.State == UploadState.Uploading ? Address(org, w.File.Id) + "/content" : null,
            w.File.CreatedAt,
            w.FinishedAt,
            w.RetryUntil
        );

    private static readonly Failure Canceled = new(
        "weights_canceled",
        "Reading the file was cancelled",
        "A member cancelled the job that read the file.",
        "Upload the file again."
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
