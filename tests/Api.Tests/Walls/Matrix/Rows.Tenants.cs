using System.Net;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Walls.Matrix;

internal static partial class Rows
{
    private static Row[] Tenants =>
        [
            Get("GetOrganization", Scopes.OrgAdmin, _ => ""),
            Write(
                "UpdateOrganization",
                Role.Owner,
                null,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, "", new { name = w.Name("Org") }))
            ),
            Get("PreviewOrganizationDeletion", null, _ => "deletion") with
            {
                Least = Role.Owner,
            },
            Write(
                "DeleteOrganization",
                Role.Owner,
                null,
                _ => Task.FromResult<Call>(new(HttpMethod.Delete, "")),
                HttpStatusCode.NoContent
            ) with
            {
                Undo = w => w.Owner.Client.RestoreOrganizationAsync(w.OrgId, Cancel),
            },
            Get("ListDeletions", Scopes.OrgAdmin, _ => "deletions"),
            Write("RestoreDeletion", Role.Owner, null, async w => new(HttpMethod.Post, $"deletions/{await w.AddDeletionAsync()}/restore")),
            Get("ListMembers", Scopes.OrgAdmin, _ => "members"),
            Get("GetMember", Scopes.OrgAdmin, w => $"members/{w.Member}"),
            Write(
                "UpdateMember",
                Role.Admin,
                null,
                async w => new(HttpMethod.Patch, $"members/{await w.AddMemberAsync(Role.Viewer)}", new { role = "editor" })
            ),
            Write(
                "RemoveMember",
                Role.Admin,
                null,
                async w => new(HttpMethod.Delete, $"members/{await w.AddMemberAsync(Role.Viewer)}"),
                HttpStatusCode.NoContent
            ) with
            {
                Declares = Role.Viewer,
            },
            Get("ListInvitations", null, _ => "invitations") with
            {
                Least = Role.Admin,
            },
            Write(
                "CreateInvitation",
                Role.Admin,
                null,
                _ => Task.FromResult<Call>(new(HttpMethod.Post, "invitations", new { role = "viewer" })),
                HttpStatusCode.Created
            ),
            Write(
                "RevokeInvitation",
                Role.Admin,
                null,
                async w =>
                    new(
                        HttpMethod.Delete,
                        $"invitations/{(await w.Owner.Client.CreateInvitationAsync(w.Owner.Org, new() { Role = "viewer" }, Cancel)).Id}"
                    ),
                HttpStatusCode.NoContent
            ),
            Get("ListAudit", Scopes.OrgAdmin, _ => "audit") with
            {
                Least = Role.Admin,
            },
            Get("ListKeys", null, _ => "keys") with
            {
                Least = Role.Admin,
            },
            Write(
                "CreateKey",
                Role.Admin,
                null,
                w => Task.FromResult<Call>(new(HttpMethod.Post, "keys", new { name = w.Name("key"), scopes = new[] { Scopes.Predict } })),
                HttpStatusCode.Created
            ),
            Write(
                "RevokeKey",
                Role.Admin,
                null,
                async w => new(HttpMethod.Delete, $"keys/{await w.AddKeyAsync()}"),
                HttpStatusCode.NoContent
            ),
            Get("ListWebhooks", Scopes.OrgAdmin, _ => "webhooks") with
            {
                Least = Role.Admin,
            },
            Write(
                "CreateWebhook",
                Role.Admin,
                Scopes.OrgAdmin,
                _ => Task.FromResult<Call>(new(HttpMethod.Post, "webhooks", new { url = World.Hook, events = new[] { "run.failed" } })),
                HttpStatusCode.Created
            ),
            Get("GetWebhook", Scopes.OrgAdmin, w => $"webhooks/{w.Webhook}") with
            {
                Least = Role.Admin,
            },
            Write(
                "UpdateWebhook",
                Role.Admin,
                Scopes.OrgAdmin,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, $"webhooks/{w.Webhook}", new { active = true }))
            ),
            Write(
                "DeleteWebhook",
                Role.Admin,
                Scopes.OrgAdmin,
                async w => new(HttpMethod.Delete, $"webhooks/{await w.AddWebhookAsync()}"),
                HttpStatusCode.NoContent
            ),
            Write(
                "RotateWebhookSecret",
                Role.Admin,
                Scopes.OrgAdmin,
                w => Task.FromResult<Call>(new(HttpMethod.Post, $"webhooks/{w.Webhook}/rotate"))
            ),
            Write(
                "TestWebhook",
                Role.Admin,
                Scopes.OrgAdmin,
                w => Task.FromResult<Call>(new(HttpMethod.Post, $"webhooks/{w.Webhook}/test")),
                HttpStatusCode.Accepted
            ),
            Get("ListWebhookDeliveries", Scopes.OrgAdmin, w => $"webhooks/{w.Webhook}/deliveries") with
            {
                Least = Role.Admin,
            },
            Write(
                "RedeliverWebhookDelivery",
                Role.Admin,
                Scopes.OrgAdmin,
                w => Task.FromResult<Call>(new(HttpMethod.Post, $"webhooks/{w.Webhook}/deliveries/{w.Delivery}/redeliver")),
                HttpStatusCode.Accepted
            ),
            Get("GetSubscription", Scopes.BillingRead, _ => "subscription"),
            Write(
                "ChangeSubscription",
                Role.Owner,
                null,
                _ => Task.FromResult<Call>(new(HttpMethod.Put, "subscription", new { plan = "monthly" }))
            ),
            Get("ListUsage", Scopes.BillingRead, _ => "usage"),
            Get("ListDevices", Scopes.RunsRead, _ => "devices"),
            Get("ListProjects", Scopes.DatasetsRead, _ => "projects"),
            Write(
                "CreateProject",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Post, "projects", new { name = w.Name("Project") })),
                HttpStatusCode.Created
            ),
            Get("GetProject", Scopes.DatasetsRead, _ => "projects/flowers"),
            Write(
                "UpdateProject",
                Role.Editor,
                Scopes.DatasetsWrite,
                w => Task.FromResult<Call>(new(HttpMethod.Patch, "projects/flowers", new { name = w.Name("Flowers") }))
            ),
            Get("PreviewProjectDeletion", null, _ => "projects/flowers/deletion") with
            {
                Least = Role.Owner,
            },
            Write(
                "DeleteProject",
                Role.Owner,
                null,
                async w =>
                    new(
                        HttpMethod.Delete,
                        $"projects/{(await w.Owner.Client.CreateProjectAsync(w.Owner.Org, new() { Name = w.Name("gone") }, Cancel)).Slug}"
                    ),
                HttpStatusCode.NoContent
            ),
        ];
}
