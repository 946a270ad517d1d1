using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class ClassEndpoints
{
    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapPost("/{dataset:guid}/classes/rename", RenameAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .Idempotent()
            .WithName("RenameClass");

    /// <summary>Rename a class, or merge it into another one</summary>
    /// <remarks>Versions keep the names that their classes had. A name that another class has is refused with <c>class_exists</c>, which
    /// says how many pictures would be merged, unless <c>merge</c> is true. Merging cannot be undone: note which pictures were of the
    /// class, or create a version before.</remarks>
    private static async Task<Results<Ok<ClassCount>, ProblemHttpResult>> RenameAsync(
        Guid dataset,
        RenameClassRequest request,
        GpuGeekDbContext db,
        Change change,
        CancellationToken cancellationToken
    )
    {
        if (DatasetClass.NameOf(request.To) is not { } name)
            return ClassLookup.BadName();
        string[] names = [request.From, name];
        // An import that adds pictures to one of the classes waits, or this waits for it: no picture loses its class.
        await db.Database.ExecuteSqlAsync(
            $"SELECT 1 FROM dataset_classes WHERE dataset_id = {dataset} AND name = ANY({names}) ORDER BY name FOR UPDATE",
            cancellationToken
        );
        var classes = await db.DatasetClasses.Where(c => c.DatasetId == dataset && names.Contains(c.Name)).ToListAsync(cancellationToken);
        if (classes.Find(c => c.Name == request.From) is not { } renamed)
            return Problems.Impossible("unknown_class", $"The dataset has no class '{request.From}'.", "GET …/stats lists its classes.");
        var other = classes.Find(c => c.Name == name);
        if (other == renamed)
            change.NoChange();
        else if (other is null)
            renamed.Name = name;
        else if (request.Merge)
            await MergeAsync(db, renamed, other, cancellationToken);
        else
            return await ExistsAsync(db, renamed, other, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new ClassCount(name, await CountAsync(db, other ?? renamed, cancellationToken)));
    }

    private static Task<int> CountAsync(GpuGeekDbContext db, DatasetClass label, CancellationToken cancellationToken) =>
        db.DatasetCounts.Where(c => c.DatasetId == label.DatasetId && c.ClassId == label.Id).SumAsync(c => c.Images, cancellationToken);

    private static async Task MergeAsync(GpuGeekDbContext db, DatasetClass from, DatasetClass into, CancellationToken cancellationToken)
    {
        await db
            .DatasetImages.Where(i => i.ClassId == from.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.ClassId, into.Id), cancellationToken);
        db.DatasetClasses.Remove(from);
    }

    private static async Task<ProblemHttpResult> ExistsAsync(
        GpuGeekDbContext db,
        DatasetClass from,
        DatasetClass into,
        CancellationToken cancellationToken
    )
    {
        var moved = await CountAsync(db, from, cancellationToken);
        var there = await CountAsync(db, into, cancellationToken);
        return Problems.Conflict(
            "class_exists",
            $"The dataset has a class '{into.Name}' already, with {there:N0} pictures. The {moved:N0} pictures of '{from.Name}' would "
                + "become part of it.",
            "Send merge = true to merge them, or choose another name."
        );
    }
}
