using GpuGeek.Api.Features.Accounts;
using GpuGeek.Api.Features.Activity;
using GpuGeek.Api.Features.Billing;
using GpuGeek.Api.Features.Comments;
using GpuGeek.Api.Features.Datasets;
using GpuGeek.Api.Features.Deletions;
using GpuGeek.Api.Features.Deployments;
using GpuGeek.Api.Features.Devices;
using GpuGeek.Api.Features.Health;
using GpuGeek.Api.Features.Jobs;
using GpuGeek.Api.Features.Live;
using GpuGeek.Api.Features.Models;
using GpuGeek.Api.Features.Projects;
using GpuGeek.Api.Features.Recipes;
using GpuGeek.Api.Features.Runs;
using GpuGeek.Api.Features.Sharing;
using GpuGeek.Api.Features.Storage;
using GpuGeek.Api.Features.Tenants;
using GpuGeek.Api.Features.Webhooks;
using GpuGeek.Api.Features.Weights;

namespace GpuGeek.Api.Features;

/// <summary>All features with routes: the table of contents of the API.</summary>
internal static class FeatureRoutes
{
    public static void MapFeatures(this IEndpointRouteBuilder routes)
    {
        routes.MapHealth();
        routes.MapAccounts();
        routes.MapTenants();
        routes.MapProjects();
        routes.MapBilling();
        routes.MapDatasets();
        routes.MapJobs();
        routes.MapRecurringDashboard();
        routes.MapDevices();
        routes.MapRecipes();
        routes.MapRuns();
        routes.MapModels();
        routes.MapWeights();
        routes.MapDeployments();
        routes.MapWebhooks();
        routes.MapComments();
        routes.MapSharing();
        routes.MapActivity();
        routes.MapDeletions();
        routes.MapLive();
        routes.MapObjectUrls();
    }
}
