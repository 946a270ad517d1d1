using GpuGeek.Api.Http;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>
/// Pictures, versions and imports of a deleted dataset are not marked one by one, so every route below <c>{dataset}</c> checks first that
/// the dataset exists.
/// </summary>
internal sealed class DatasetFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetRouteValue("dataset") is not string text || !Guid.TryParse(text, out var dataset))
            return await next(context);
        var db = http.RequestServices.GetRequiredService<GpuGeekDbContext>();
        return await db.Datasets.AnyAsync(d => d.Id == dataset, http.RequestAborted) ? await next(context) : Problems.NotFound();
    }
}
