using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class WebhookConfiguration : IEntityTypeConfiguration<Webhook>
{
    public void Configure(EntityTypeBuilder<Webhook> builder)
    {
        builder.ToTable("webhooks");
        builder.HasKey(w => new { w.OrgId, w.Id });
        builder.Property(w => w.Url).HasMaxLength(Webhook.MaxUrlLength);
        builder.Property(w => w.DisabledReason).HasMaxLength(500);
        builder.Property<uint>("xmin").IsRowVersion();
        builder.HasOne<Organization>().WithMany().HasForeignKey(w => w.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class WebhookDeliveryConfiguration : IEntityTypeConfiguration<WebhookDelivery>
{
    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.ToTable("webhook_deliveries");
        builder.HasKey(d => new { d.OrgId, d.Id });
        builder.Property(d => d.MessageId).HasMaxLength(50);
        builder.Property(d => d.Type).HasMaxLength(50);
        builder.Property(d => d.State).AsText();
        builder.Property(d => d.Error).HasMaxLength(WebhookDelivery.MaxErrorLength);
        builder.HasIndex(d => new
        {
            d.OrgId,
            d.WebhookId,
            d.Id,
        });
        builder.HasIndex(d => d.NextAttemptAt).HasFilter("state = 'pending'");
        builder.HasIndex(d => d.CreatedAt);
        builder.HasOne<Webhook>().WithMany().HasForeignKey(d => new { d.OrgId, d.WebhookId }).OnDelete(DeleteBehavior.Cascade);
    }
}
