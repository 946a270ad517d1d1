using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Webhooks;

namespace GpuGeek.Worker.Tests.Storage.Purging;

internal sealed partial class FullOrganisation
{
    public async Task CreateAsync()
    {
        await using var db = contexts.System();
        var (user, webhook) = (_user, NewId());
        db.Organizations.Add(
            new()
            {
                Id = Id,
                Slug = $"o-{Id:N}",
                Name = "Full",
                PlanCode = Plan.Hourly,
                CreatedAt = Now,
            }
        );
        db.Users.Add(
            new()
            {
                Id = user,
                Email = $"{user:N}@example.org",
                NormalizedEmail = $"{user:N}@EXAMPLE.ORG".ToUpperInvariant(),
                UserName = $"{user:N}",
                DisplayName = "Ann",
                CreatedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        db.Members.Add(
            new()
            {
                OrgId = Id,
                UserId = user,
                Role = Role.Owner,
                JoinedAt = Now,
            }
        );
        db.Tokens.Add(
            new()
            {
                Id = NewId(),
                Kind = TokenKind.ApiKey,
                Hash = Id.ToByteArray(),
                UserId = user,
                OrgId = Id,
                Name = "key",
                Prefix = "gg_k_",
                CreatedAt = Now,
            }
        );
        db.Invitations.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                Hash = Id.ToByteArray(),
                Role = Role.Viewer,
                CreatedBy = user,
                CreatedAt = Now,
                ExpiresAt = Now,
            }
        );
        db.AuditEntries.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                At = Now,
                UserId = user,
                UserName = "Ann",
                UserEmail = "ann@example.org",
                Action = "project.create",
                Target = "projects/one",
                Address = "::1",
                UserAgent = "test",
            }
        );
        db.Recipes.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                Name = "best",
                Number = 1,
                Recipe = RecipePresets.Resolve(new() { Preset = RecipePresets.Fast }),
                CreatedBy = _user,
                CreatedByName = "Ann",
                CreatedAt = Now,
            }
        );
        db.Webhooks.Add(
            new()
            {
                OrgId = Id,
                Id = webhook,
                Url = "https://example.org",
                Events = ["run.failed"],
                Secret = [1],
                CreatedAt = Now,
                UpdatedAt = Now,
            }
        );
        db.WebhookDeliveries.Add(
            new()
            {
                OrgId = Id,
                Id = NewId(),
                WebhookId = webhook,
                MessageId = "msg",
                Type = "run.failed",
                Payload = "{}",
                State = DeliveryState.Delivered,
                CreatedAt = Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
    }
}
