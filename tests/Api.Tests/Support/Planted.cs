using System.Security.Cryptography;
using System.Text;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Runs;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Support;

/// <summary>Rows and objects as workers leave them.</summary>
internal static class Planted
{
    public const string Project = "flowers";
    private static CancellationToken Cancel => ApiApplication.Cancel;

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public static Guid NewId() => Guid.CreateVersion7(Now);

    public static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static IObjectStore Store(this ApiApplication app) => app.Services.GetRequiredService<IObjectStore>();

    public static async Task<Guid> OrgIdAsync(this TenantSession session)
    {
        await using var db = session.App.SystemDatabase();
        return await db.Organizations.Where(o => o.Slug == session.Org).Select(o => o.Id).SingleAsync(Cancel);
    }

    public static async Task PlanAsync(this TenantSession session, string plan)
    {
        await using var db = session.App.SystemDatabase();
        await db.Organizations.Where(o => o.Slug == session.Org).ExecuteUpdateAsync(set => set.SetProperty(o => o.PlanCode, plan), Cancel);
    }

    public static async Task<(TenantSession Session, DatasetResponse Dataset)> RegisterWithDatasetAsync(this ApiApplication app)
    {
        var (session, project) = await app.RegisterWithProjectAsync();
        return (session, await session.Client.CreateDatasetAsync(session.Org, new() { Project = project.Slug, Name = "flowers5" }, Cancel));
    }

    /// <summary>The bytes of a planted picture: its name, so that it cannot be mistaken for a real picture.</summary>
    public static byte[] Bytes(string fileName) => Encoding.UTF8.GetBytes("picture " + fileName);

    /// <summary>Pictures <c>class-000.jpg</c>… with their bytes in the store.</summary>
    public static async Task<List<DatasetImage>> AddImagesAsync(
        this TenantSession session,
        Guid dataset,
        string className,
        int count,
        string? split = null,
        int first = 0
    )
    {
        var org = await session.OrgIdAsync();
        await using var db = session.App.SystemDatabase();
        var known = await db
            .DatasetClasses.IgnoreTenantFilter()
            .FirstOrDefaultAsync(c => c.DatasetId == dataset && c.Name == className, Cancel);
        var label = known?.Id ?? NewId();
        if (known is null)
            db.DatasetClasses.Add(
                new()
                {
                    OrgId = org,
                    Id = label,
                    DatasetId = dataset,
                    Name = className,
                }
            );
        var images = Enumerable
            .Range(first, count)
            .Select(i => $"{className}{split}-{i:000}.jpg")
            .Select(name => new DatasetImage
            {
                OrgId = org,
                Id = NewId(),
                DatasetId = dataset,
                ClassId = label,
                ImportId = org,
                Hash = HashOf(Bytes(name)),
                FileName = name,
                Split = split,
                Format = "jpeg",
                Width = 40,
                Height = 30,
                Bytes = Bytes(name).Length,
                CreatedAt = Now,
            })
            .ToList();
        db.DatasetImages.AddRange(images);
        await db.SaveChangesAsync(Cancel);
        return images;
    }

    /// <summary>A version of ten pictures in each of two classes.</summary>
    public static async Task<(TenantSession Session, DatasetResponse Dataset, VersionResponse Version)> RegisterWithVersionAsync(
        this ApiApplication app
    )
    {
        var (session, dataset) = await app.RegisterWithDatasetAsync();
        await session.AddImagesAsync(dataset.Id, "daisy", 10);
        await session.AddImagesAsync(dataset.Id, "rose", 10);
        return (session, dataset, await session.Client.CreateVersionAsync(session.Org, dataset.Id, new(), Cancel));
    }

    public static Task<RunResponse> StartRunAsync(this TenantSession session, Guid version, string preset = "fast") =>
        session.Client.CreateRunAsync(
            session.Org,
            new()
            {
                Project = Project,
                DatasetVersion = version,
                Recipe = new() { Preset = preset },
            },
            Cancel
        );
}
