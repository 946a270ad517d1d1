using System.Text.Json;
using GpuGeek.Infrastructure.Identity;
using GpuGeek.Infrastructure.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class AccountEventConfiguration : IEntityTypeConfiguration<AccountEvent>
{
    public void Configure(EntityTypeBuilder<AccountEvent> builder)
    {
        builder.ToTable("account_events");
        builder.HasKey(e => e.Id);
        builder.Property(e => e.Kind).HasMaxLength(30).HasConversion(kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()), text => Enum.Parse<AccountEventKind>(text.Replace("_", "", StringComparison.Ordinal), true));
        builder.Property(e => e.Address).HasMaxLength(AccountEvent.MaxText);
        builder.Property(e => e.Agent).HasMaxLength(AccountEvent.MaxText);
        builder.Property(e => e.Detail).HasMaxLength(AccountEvent.MaxText);
        builder.HasIndex(e => new { e.UserId, e.Id });
        builder.HasOne<ApplicationUser>().WithMany().HasForeignKey(e => e.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PasskeyConfiguration : IEntityTypeConfiguration<Passkey>
{
    public void Configure(EntityTypeBuilder<Passkey> builder)
    {
        builder.ToTable("passkeys");
        builder.HasKey(p => p.Id);
        builder.Property(p => p.CredentialId).HasMaxLength(1024);
        builder.Property(p => p.Name).HasMaxLength(100);
        builder.HasIndex(p => p.CredentialId).IsUnique();
        builder.HasIndex(p => p.UserId);
        builder.HasOne<ApplicationUser>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class PasskeyChallengeConfiguration : IEntityTypeConfiguration<PasskeyChallenge>
{
    public void Configure(EntityTypeBuilder<PasskeyChallenge> builder)
    {
        builder.ToTable("passkey_challenges");
        builder.HasKey(c => c.Id);
        builder.HasIndex(c => c.ExpiresAt);
        builder.HasOne<ApplicationUser>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class QueuedMailConfiguration : IEntityTypeConfiguration<QueuedMail>
{
    public void Configure(EntityTypeBuilder<QueuedMail> builder)
    {
        builder.ToTable("mails");
        builder.HasKey(m => m.Id);
        builder.HasIndex(m => m.DueAt);
    }
}

internal sealed class AttemptBucketConfiguration : IEntityTypeConfiguration<AttemptBucket>
{
    public void Configure(EntityTypeBuilder<AttemptBucket> builder)
    {
        builder.ToTable("attempt_buckets");
        builder.HasKey(b => b.Key);
        builder.HasIndex(b => b.EndsAt);
    }
}
