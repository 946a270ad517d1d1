using GpuGeek.EndToEnd.Tests.Story;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <param name="Name">Of the picture's file.</param>
/// <param name="Path">Its address.</param>
/// <param name="Shows">A selector of what is there when the page is ready.</param>
/// <param name="SignedIn">Looked at by somebody who has signed in.</param>
internal sealed record KnownPage(string Name, string Path, string Shows, bool SignedIn = true);

internal static class PageList
{
    public static readonly string[] Names =
    [
        "sign-in",
        "setup",
        "projects",
        "data",
        "new-run",
        "recipes",
        "recipe",
        "runs",
        "run",
        "models",
        "model",
        "weights",
        "deployments",
        "deployment",
        "usage",
        "jobs",
        "members",
        "keys",
        "webhooks",
        "webhook",
        "audit",
        "activity",
        "share-links",
        "mentions",
        "run-comments",
        "run-share",
        "version-comments",
        "shared-run",
        "shared-model",
        "shared-gone",
        "invitation",
        "forgot-password",
        "reset-password",
        "account",
        "activity-of-account",
        "workers",
        "plans",
        "new-organization",
        "architectures",
        "delete-dataset",
        "delete-project",
        "delete-organization",
        "deleted",
    ];

    public static KnownPage Find(string name, Told told)
    {
        var (org, project, model) = (told.Account.Org, $"/{told.Account.Org}/{told.Project}", told.Run.Result!.ModelVersion);
        return name switch
        {
            "sign-in" => new(name, "/sign-in", "#password", SignedIn: false),
            "setup" => new(name, "/setup?token=gg_setup_example", "#organization", SignedIn: false),
            "projects" => new(name, $"/{org}", ".cards img"),
            "data" => new(name, $"{project}/data", ".gallery"),
            "new-run" => new(name, $"{project}/runs/new", ".choices"),
            "recipes" => new(name, $"/{org}/recipes", "[data-testid=recipes] tbody tr"),
            "recipe" => new(name, $"/{org}/recipes/longer", "[data-testid=versions] li"),
            "runs" => new(name, $"{project}/runs", ".badge"),
            "run" => new(name, $"{project}/runs/{told.Run.Id}", "[data-testid=run]:not([data-points='0'])"),
            "models" => new(name, $"{project}/models", "main table, main .card"),
            "model" => new(name, $"{project}/models/{model.Model}/{model.Version}", "[data-testid=accuracy]"),
            "weights" => new(name, $"{project}/weights", "[data-testid=weights]"),
            "deployments" => new(name, $"{project}/deployments", "main table"),
            "deployment" => new(name, $"{project}/deployments/{told.Deployment.Name}", "[data-testid=picture]:enabled"),
            "usage" => new(name, $"/{org}/usage", "main .card"),
            "jobs" => new(name, $"/{org}/jobs", "[data-testid=jobs] li"),
            "members" => new(name, $"/{org}/members", "[data-testid=members] tbody tr"),
            "audit" => new(name, $"/{org}/audit", "[data-testid=audit] tbody tr"),
            "activity" => new(name, $"{project}/activity", "[data-testid=activity] li"),
            "share-links" => new(name, $"{project}/share-links", "[data-testid=share-links] tbody tr"),
            "mentions" => new(name, $"/{org}/mentions", "[data-testid=mentions] li"),
            "run-comments" => new(name, $"{project}/runs/{told.Run.Id}", "[data-testid=comments] li"),
            "run-share" => new(name, $"{project}/runs/{told.Run.Id}", "[data-testid=run]:not([data-points='0'])"),
            "version-comments" => new(
                name,
                $"{project}/data?dataset={told.Dataset}&comments={told.Run.DatasetVersion}",
                "dialog[open] textarea"
            ),
            "shared-run" => new(name, $"/shared#{told.Cleo.SharedRun}", "[data-testid=accuracy]", SignedIn: false),
            "shared-model" => new(name, $"/shared#{told.Cleo.SharedModel}", "[data-testid=accuracy]", SignedIn: false),
            "shared-gone" => new(name, "/shared#gg_share_example", "[role=alert]", SignedIn: false),
            "invitation" => new(name, $"/invitation#{told.Invitation}", "#name", SignedIn: false),
            "reset-password" => new(name, "/reset-password#gg_reset_example", "#password", SignedIn: false),
            "forgot-password" => new(name, "/forgot-password", "pre.code", SignedIn: false),
            "activity-of-account" => new(name, "/account/activity", "[data-testid=activity] li"),
            "keys" => new(name, $"/{org}/keys", "main table"),
            "webhooks" => new(name, $"/{org}/webhooks", "main table"),
            "webhook" => new(name, $"/{org}/webhooks/{told.Webhook}", "[data-testid=deliveries]"),
            "account" => new(name, "/account", "#theme"),
            "workers" => new(name, "/operator/workers", "[data-testid=workers] tbody tr"),
            "plans" => new(name, "/operator/plans", "main .card"),
            "new-organization" => new(name, "/new-organization", "#organization-name"),
            "architectures" => new(name, "/architectures", "[data-testid=architectures] tbody tr"),
            "delete-dataset" => new(name, $"{project}/delete?dataset={told.Dataset}", "#confirm"),
            "delete-project" => new(name, $"{project}/delete", "#confirm"),
            "delete-organization" => new(name, $"/{org}/delete", "#confirm"),
            "deleted" => new(name, $"/{org}/deleted", "[data-testid=deleted] tbody tr"),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such page."),
        };
    }
}
