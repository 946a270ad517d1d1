using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.ToTable("invitations");
        builder.HasKey(i => new { i.OrgId, i.Id });
        builder.Property(i => i.Role).AsText();
        builder.Property(i => i.Email).HasMaxLength(254);
        builder.HasIndex(i => i.Hash);
        builder.HasOne<Organization>().WithMany().HasForeignKey(i => i.OrgId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne<ApplicationUser>().WithMany().HasForeignKey(i => i.CreatedBy).OnDelete(DeleteBehavior.Cascade);
        builder.Property<uint>("xmin").IsRowVersion();
    }
}

internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.HasKey(a => new { a.OrgId, a.Id });
        builder.Property(a => a.UserName).HasMaxLength(100);
        builder.Property(a => a.UserEmail).HasMaxLength(254);
        builder.Property(a => a.KeyName).HasMaxLength(200);
        builder.Property(a => a.Action).HasMaxLength(60);
        builder.Property(a => a.Target).HasMaxLength(500);
        builder.Property(a => a.Detail).HasColumnType("jsonb");
        builder.Property(a => a.Address).HasMaxLength(64);
        builder.Property(a => a.UserAgent).HasMaxLength(200);
        builder.HasIndex(a => new { a.OrgId, a.ProjectId, a.Id });
        // No key to the person: the entry outlives the account.
        builder.HasOne<Organization>().WithMany().HasForeignKey(a => a.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class DeletionConfiguration : IEntityTypeConfiguration<Deletion>
{
    public void Configure(EntityTypeBuilder<Deletion> builder)
    {
        builder.ToTable("deletions");
        builder.HasKey(d => new { d.OrgId, d.Id });
        builder.Property(d => d.Kind).AsText();
        builder.Property(d => d.Name).HasMaxLength(100);
        builder.Property(d => d.RequestedByName).HasMaxLength(100);
        builder.HasIndex(d => d.PurgeAt);
        builder.HasOne<Organization>().WithMany().HasForeignKey(d => d.OrgId).OnDelete(DeleteBehavior.Cascade);
    }
}
