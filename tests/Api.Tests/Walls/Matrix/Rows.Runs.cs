using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Walls.Matrix;

internal static partial class Rows
{
    private static Row[] Runs =>
        [
            Get("ListRecipes", Scopes.RunsRead, _ => "recipes"),
            Write(
                "CreateRecipe",
                Role.Editor,
                Scopes.RunsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, "recipes", new { name = w.Name("own"), recipe = new { preset = "fast" } })),
                HttpStatusCode.Created
            ),
            new(
                "ResolveRecipe",
                Role.Viewer,
                Scopes.RunsRead,
                _ => Task.FromResult<Call>(new(HttpMethod.Post, "recipes/resolve", new { recipe = new { preset = "fast" } }))
            ),
            Get("GetRecipe", Scopes.RunsRead, w => $"recipes/{w.Recipe}"),
            Get("ListRecipeVersions", Scopes.RunsRead, w => $"recipes/{w.Recipe}/versions"),
            Write(
                "DeleteRecipe",
                Role.Editor,
                Scopes.RunsWrite,
                async w => new(HttpMethod.Delete, $"recipes/{await w.AddRecipeAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListRuns", Scopes.RunsRead, _ => "runs"),
            Write(
                "CreateRun",
                Role.Editor,
                Scopes.RunsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(
                            HttpMethod.Post,
                            "runs",
                            new
                            {
                                project = "flowers",
                                datasetVersion = w.Version,
                                recipe = new { preset = "fast" },
                            }
                        )
                    ),
                HttpStatusCode.Created
            ),
            Write(
                "ProbeRun",
                Role.Editor,
                Scopes.RunsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(
                            HttpMethod.Post,
                            "runs/probe",
                            new
                            {
                                project = "flowers",
                                datasetVersion = w.Version,
                                recipe = new { preset = "fast" },
                            }
                        )
                    ),
                HttpStatusCode.Accepted
            ),
            Get("GetRun", Scopes.RunsRead, w => $"runs/{w.Run}"),
            Write(
                "UpdateRun",
                Role.Editor,
                Scopes.RunsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, $"runs/{w.Run}", new { name = w.Name("run") }))
            ),
            Write(
                "DeleteRun",
                Role.Owner,
                null,
                async w =>
                {
                    var run = await w.Owner.StartRunAsync(w.Version);
                    await w.Owner.Client.CancelRunAsync(w.Owner.Org, run.Id, Cancel);
                    return new(HttpMethod.Delete, $"runs/{run.Id}");
                },
                HttpStatusCode.NoContent
            ),
            Write(
                "CancelRun",
                Role.Editor,
                Scopes.RunsWrite,
                async w => new(HttpMethod.Post, $"runs/{(await w.Owner.StartRunAsync(w.Version)).Id}/cancel")
            ),
            Write(
                "ResumeRun",
                Role.Editor,
                Scopes.RunsWrite,
                async w => new(HttpMethod.Post, $"runs/{await w.AddFailedRunAsync()}/resume")
            ) with
            {
                Undo = w => w.CancelQueuedRunsAsync(),
            },
            Get("GetMetrics", Scopes.RunsRead, w => $"runs/{w.Run}/metrics"),
            Get("GetLogs", Scopes.RunsRead, w => $"runs/{w.Run}/logs"),
            Get("ListModels", Scopes.ModelsRead, _ => "models"),
            Get("ListModelVersions", Scopes.ModelsRead, _ => "models/flowers/versions"),
            Get("GetModelVersion", Scopes.ModelsRead, _ => "models/flowers/versions/1"),
            Get("DownloadOnnx", Scopes.ModelsRead, _ => "models/flowers/versions/1/artefacts/core.onnx"),
            Get("DownloadManifest", Scopes.ModelsRead, _ => "models/flowers/versions/1/artefacts/model.json"),
            Get("ListTestPredictions", Scopes.ModelsRead, _ => "models/flowers/versions/1/predictions"),
            Get("GetFigures", Scopes.ModelsRead, _ => "models/flowers/versions/1/figures"),
            Get("GetClassCurves", Scopes.ModelsRead, _ => "models/flowers/versions/1/curves?class=daisy"),
            Get("GetModelCard", Scopes.ModelsRead, _ => "models/flowers/versions/1/card"),
            Get("GetThresholds", Scopes.ModelsRead, _ => "models/flowers/versions/1/thresholds"),
            Get("ListAliases", Scopes.ModelsRead, _ => "models/flowers/aliases"),
            Write(
                "SetAlias",
                Role.Editor,
                Scopes.ModelsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Put, $"models/flowers/aliases/{w.Name("alias")}", new { version = 1 }))
            ) with
            {
                Undo = w => w.DropAliasesAsync(),
            },
            Write(
                "DeleteAlias",
                Role.Editor,
                Scopes.ModelsWrite,
                async w => new(HttpMethod.Delete, $"models/flowers/aliases/{await w.AddAliasAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListEvaluations", Scopes.ModelsRead, _ => "models/flowers/versions/1/evaluations"),
            Get(
                "PreviewEvaluation",
                Scopes.ModelsRead,
                w => $"models/flowers/versions/1/evaluations/preview?datasetVersion={w.Version}&split=val"
            ),
            Get("GetEvaluation", Scopes.ModelsRead, w => $"models/flowers/versions/1/evaluations/{w.Evaluation}"),
            Write(
                "CreateEvaluation",
                Role.Editor,
                Scopes.ModelsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(HttpMethod.Post, "models/flowers/versions/1/evaluations", new { datasetVersion = w.Version, split = "val" })
                    ),
                HttpStatusCode.Accepted
            ) with
            {
                Undo = w => w.DropQueuedEvaluationsAsync(),
            },
            Write(
                "DeleteEvaluation",
                Role.Editor,
                Scopes.ModelsWrite,
                async w => new(HttpMethod.Delete, $"models/flowers/versions/1/evaluations/{await w.AddEvaluationAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListWeights", Scopes.ModelsRead, _ => "weights?project=flowers"),
            Write(
                "CreateWeights",
                Role.Editor,
                Scopes.ModelsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(
                            HttpMethod.Post,
                            "weights",
                            new
                            {
                                project = "flowers",
                                name = "resnet18.pth",
                                size = 5,
                            }
                        )
                    ),
                HttpStatusCode.Created
            ),
            Get("GetWeights", Scopes.ModelsRead, w => $"weights/{w.Weights}"),
            Write(
                "UploadWeights",
                Role.Editor,
                Scopes.ModelsWrite,
                async w => new(HttpMethod.Put, $"weights/{await w.AddWeightsAsync()}/content", Bytes: Zip),
                HttpStatusCode.Accepted
            ),
            Write(
                "RetryWeights",
                Role.Editor,
                Scopes.ModelsWrite,
                async w => new(HttpMethod.Post, $"weights/{await w.AddFailedWeightsAsync()}/retry")
            ),
            Write(
                "DeleteWeights",
                Role.Editor,
                Scopes.ModelsWrite,
                async w => new(HttpMethod.Delete, $"weights/{await w.AddWeightsAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListDeployments", Scopes.DeploymentsRead, _ => "deployments"),
            Write(
                "CreateDeployment",
                Role.Editor,
                Scopes.DeploymentsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(
                            HttpMethod.Post,
                            "deployments",
                            new
                            {
                                project = "flowers",
                                name = w.Name("shop"),
                                model = "flowers",
                                version = 1,
                            }
                        )
                    ),
                HttpStatusCode.Accepted
            ),
            Get("GetDeployment", Scopes.DeploymentsRead, _ => "deployments/flowers"),
            Write(
                "UpdateDeployment",
                Role.Editor,
                Scopes.DeploymentsWrite,
                async w => new(HttpMethod.Patch, $"deployments/{await w.AddDeploymentAsync()}", new { version = 1 }),
                HttpStatusCode.Accepted
            ),
            Write(
                "DeleteDeployment",
                Role.Editor,
                Scopes.DeploymentsWrite,
                async w => new(HttpMethod.Delete, $"deployments/{await w.AddDeploymentAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListShareLinks", null, _ => Shared),
            Write(
                "CreateShareLink",
                Role.Editor,
                null,
                w => Task.FromResult<Call>(new(HttpMethod.Post, Shared, new { run = w.Run, days = 14 })),
                HttpStatusCode.Created
            ),
            Write(
                "RevokeShareLink",
                Role.Editor,
                null,
                async w => new(HttpMethod.Delete, $"{Shared}/{await w.AddShareLinkAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListActivity", Scopes.DatasetsRead, _ => "projects/flowers/activity"),
            // Every member can comment; a comment is changed by its author, here the owner, and can be deleted by an admin too.
            Get("ListRunComments", Scopes.RunsRead, w => $"runs/{w.Run}/comments"),
            Write(
                "CreateRunComment",
                Role.Viewer,
                Scopes.RunsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, $"runs/{w.Run}/comments", new { text = w.Name("What about") })),
                HttpStatusCode.Created
            ),
            Get("ListVersionComments", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}/comments"),
            Write(
                "CreateVersionComment",
                Role.Viewer,
                Scopes.DatasetsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(HttpMethod.Post, $"datasets/{w.Dataset}/versions/{w.Version}/comments", new { text = w.Name("What about") })
                    ),
                HttpStatusCode.Created
            ),
            Get("ListModelComments", Scopes.ModelsRead, _ => "models/flowers/versions/1/comments"),
            Write(
                "CreateModelComment",
                Role.Viewer,
                Scopes.ModelsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, "models/flowers/versions/1/comments", new { text = w.Name("What about") })),
                HttpStatusCode.Created
            ),
            Get("GetComment", null, w => $"comments/{w.Comment}"),
            Write(
                "UpdateComment",
                Role.Owner,
                null,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, $"comments/{w.Comment}", new { text = w.Name("I meant") }))
            ) with
            {
                Declares = Role.Viewer,
            },
            Write(
                "DeleteComment",
                Role.Admin,
                null,
                async w => new(HttpMethod.Delete, $"comments/{await w.AddCommentAsync()}"),
                HttpStatusCode.NoContent
            ) with
            {
                Declares = Role.Viewer,
            },
            Get("ListMentions", null, _ => "mentions"),
            Get("CountUnreadMentions", null, _ => "mentions/unread"),
            new(
                "ReadMentions",
                Role.Viewer,
                null,
                w => Task.FromResult<Call>(new(HttpMethod.Post, "mentions/read", new { mention = w.Comment }))
            ),
            // Nothing is loaded: an authorised caller gets "not live".
            new(
                "Predict",
                Role.Viewer,
                Scopes.Predict,
                _ => Task.FromResult<Call>(new(HttpMethod.Post, "deployments/flowers/predict", Bytes: [1])),
                HttpStatusCode.ServiceUnavailable
            ),
        ];
}
