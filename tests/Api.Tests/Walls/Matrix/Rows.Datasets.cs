using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Walls.Matrix;

internal static partial class Rows
{
    private static Row[] Datasets =>
        [
            Get("ListDatasets", Scopes.DatasetsRead, _ => "datasets?project=flowers"),
            Write(
                "CreateDataset",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, "datasets", new { project = "flowers", name = w.Name("set") })),
                HttpStatusCode.Created
            ),
            Get("GetDataset", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}"),
            Get("GetDatasetStats", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/stats"),
            Write(
                "UpdateDataset",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, $"datasets/{w.Dataset}", new { name = w.Name("set") }))
            ),
            // The file of the picture is not stored: nothing is left to preview.
            new(
                "PreviewAugmentation",
                Role.Viewer,
                Scopes.DatasetsRead,
                w =>
                    Task.FromResult<Call>(
                        new(HttpMethod.Post, $"datasets/{w.Dataset}/augmentation-preview", new { recipe = new { preset = "balanced" } })
                    )
            ),
            Get("PreviewDatasetDeletion", null, w => $"datasets/{w.Dataset}/deletion") with
            {
                Least = Role.Owner,
            },
            Write(
                "DeleteDataset",
                Role.Owner,
                null,
                async w => new(HttpMethod.Delete, $"datasets/{await w.AddDatasetAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListImports", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/imports"),
            Write(
                "CreateImport",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, $"datasets/{w.Dataset}/imports", new { name = "x.zip", size = 10 })),
                HttpStatusCode.Created
            ),
            Write(
                "UploadArchive",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Put, $"datasets/{w.Dataset}/imports/x.zip", Bytes: Zip)),
                HttpStatusCode.Accepted
            ),
            Get("DescribeUploads", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/uploads", HttpStatusCode.NoContent) with
            {
                Make = w => Task.FromResult<Call>(new(HttpMethod.Options, $"datasets/{w.Dataset}/uploads")),
            },
            Write(
                "CreateUpload",
                Role.Editor,
                Scopes.DatasetsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(
                            HttpMethod.Post,
                            $"datasets/{w.Dataset}/uploads",
                            Headers: Tus(("Upload-Length", "10"), ("Upload-Metadata", "filename eC56aXA="))
                        )
                    ),
                HttpStatusCode.Created
            ),
            Get("GetUpload", Scopes.DatasetsWrite, w => $"datasets/{w.Dataset}/uploads/{w.Import}", HttpStatusCode.NoContent) with
            {
                Least = Role.Editor,
                Make = async w => new(HttpMethod.Get, $"datasets/{w.Dataset}/uploads/{await w.AddUploadAsync(Zip.Length)}", Headers: Tus()),
            },
            Write(
                "AppendUpload",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w =>
                    new(
                        HttpMethod.Patch,
                        $"datasets/{w.Dataset}/uploads/{await w.AddUploadAsync(Zip.Length)}",
                        Bytes: Zip,
                        Headers: Tus(("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream"))
                    ),
                HttpStatusCode.NoContent
            ),
            Write(
                "CancelUpload",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w => new(HttpMethod.Delete, $"datasets/{w.Dataset}/uploads/{await w.AddUploadAsync(Zip.Length)}", Headers: Tus()),
                HttpStatusCode.NoContent
            ),
            Get("GetImport", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/imports/{w.Import}"),
            Get("ListSkippedFiles", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/imports/{w.Import}/skipped"),
            Write(
                "CancelImport",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w => new(HttpMethod.Delete, $"datasets/{w.Dataset}/imports/{await w.AddImportAsync()}"),
                HttpStatusCode.NoContent
            ),
            Write(
                "RetryImport",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w => new(HttpMethod.Post, $"datasets/{w.Dataset}/imports/{await w.Owner.AddFailedImportAsync(w.Dataset)}/retry")
            ),
            Write(
                "StartImport",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w =>
                    new(HttpMethod.Post, $"datasets/{w.Dataset}/imports/{await w.Owner.AddReviewedImportAsync(w.Dataset)}/start", new { })
            ),
            Write(
                "UploadLabels",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w =>
                    new(
                        HttpMethod.Put,
                        $"datasets/{w.Dataset}/imports/{await w.AddUploadAsync(Zip.Length)}/labels?name=labels.csv",
                        Bytes: "filename,label\n"u8.ToArray()
                    )
            ),
            Get("ListJobs", Scopes.JobsRead, _ => "jobs?state=active"),
            Get("GetJob", Scopes.JobsRead, w => $"jobs/{w.Import}"),
            Write(
                "CancelJob",
                Role.Editor,
                Scopes.JobsWrite,
                async w => new(HttpMethod.Post, $"jobs/{await w.AddSampleImportAsync()}/cancel")
            ),
            Write(
                "RetryJob",
                Role.Editor,
                Scopes.JobsWrite,
                async w => new(HttpMethod.Post, $"jobs/{await w.Owner.AddFailedImportAsync(w.Dataset)}/retry")
            ),
            Get("GetImageEditProgress", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/edits/progress"),
            Get("ListVersions", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions"),
            Write(
                "CreateVersion",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w =>
                {
                    await w.AddImageAsync();
                    return new(HttpMethod.Post, $"datasets/{w.Dataset}/versions", new { seed = 1 });
                },
                HttpStatusCode.Created
            ),
            Write(
                "EditImages",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w =>
                    new(
                        HttpMethod.Post,
                        $"datasets/{w.Dataset}/images/edits",
                        new { images = new[] { (await w.AddImageAsync()).Id }, split = "test" }
                    )
            ),
            Write(
                "UndoImageEdit",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w => new(HttpMethod.Post, $"datasets/{w.Dataset}/images/edits/{await w.AddImageEditAsync()}/undo")
            ),
            Write(
                "UpdateVersion",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, $"datasets/{w.Dataset}/versions/{w.Version}", new { note = "the first" }))
            ),
            Write(
                "RestoreVersion",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, $"datasets/{w.Dataset}/versions/{w.Version}/restore")),
                HttpStatusCode.Accepted
            ),
            Get("ListVersionChanges", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}/changes?since={w.Version}"),
            Get(
                "GetVersionThumbnail",
                Scopes.DatasetsRead,
                // Planted pictures have no small ones.
                w => $"datasets/{w.Dataset}/versions/{w.Version}/pictures/{new string('a', 64)}/thumbnail",
                HttpStatusCode.NotFound
            ),
            Get("DownloadVersion", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}/archive"),
            Get("GetVersion", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}"),
            Write(
                "CreateEmbeddings",
                Role.Editor,
                Scopes.DatasetsWrite,
                w =>
                    Task.FromResult<Call>(
                        new(
                            HttpMethod.Post,
                            $"datasets/{w.Dataset}/versions/{w.Version}/embeddings",
                            new { architecture = "squeezenet1_1" }
                        )
                    ),
                HttpStatusCode.Accepted
            ),
            Get("GetManifest", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/versions/{w.Version}/manifest"),
            Get("CountImages", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/count"),
            Get("ListImages", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images"),
            Get("GetImage", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/{w.Image}"),
            Write(
                "UpdateImage",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, $"datasets/{w.Dataset}/images/{w.Image}", new { split = "none" }))
            ),
            Write(
                "RenameClass",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w =>
                {
                    var name = w.Name("class");
                    await w.AddImageAsync(name);
                    return new(HttpMethod.Post, $"datasets/{w.Dataset}/classes/rename", new { from = name, to = name + " again" });
                }
            ),
            Write(
                "DeleteImage",
                Role.Editor,
                Scopes.DatasetsWrite,
                async w => new(HttpMethod.Delete, $"datasets/{w.Dataset}/images/{(await w.AddImageAsync()).Id}"),
                HttpStatusCode.NoContent
            ),
            Get("GetImageContent", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/{w.Image}/content", HttpStatusCode.NotFound),
            Get("GetImageThumbnail", Scopes.DatasetsRead, w => $"datasets/{w.Dataset}/images/{w.Image}/thumbnail", HttpStatusCode.NotFound),
        ];

    private static Dictionary<string, string> Tus(params (string Name, string Value)[] headers) =>
        headers.Append(("Tus-Resumable", "1.0.0")).ToDictionary(h => h.Item1, h => h.Item2, StringComparer.Ordinal);
}
