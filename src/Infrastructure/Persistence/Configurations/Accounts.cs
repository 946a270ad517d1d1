using System.Text.Json;
using GpuGeek.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace GpuGeek.Infrastructure.Persistence.Configurations;

internal sealed class AccountEventConfiguration : IEntityTypeConfiguration<AccountEvent>
{
    public void Configure(EntityTypeBuilder<AccountEvent> builder)
    {
        builder.ToTable("account_events");
        builder.HasKey(e => e.Id);
        builder
            .Property(e => e.Kind)
            .HasMaxLength(30)
            .HasConversion(
                kind => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()),
                text => Enum.Parse<AccountEventKind>(text.Replace("_", "", StringComparison.Ordinal), true)
            );
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

internal sealed class AttemptBucketConfiguration : IEntityTypeConfiguration<AttemptBucket>
{
    public void Configure(EntityTypeBuilder<AttemptBucket> builder)
    {
        builder.ToTable("attempt_buckets");
        builder.HasKey(b => b.Key);
        builder.HasIndex(b => b.EndsAt);
    }
}

internal sealed class UserConfiguration : IEntityTypeConfiguration<ApplicationUser>
{
    public void Configure(EntityTypeBuilder<ApplicationUser> builder)
    {
        builder.ToTable("users");
        builder.Property(u => u.Email).HasMaxLength(254).IsRequired();
        builder.Property(u => u.NormalizedEmail).HasMaxLength(254).IsRequired();
        builder.Property(u => u.DisplayName).HasMaxLength(100);
        builder.Property(u => u.ConcurrencyStamp).IsConcurrencyToken();
        builder.HasIndex(u => u.NormalizedEmail).IsUnique();
        // Attempts are counted in attempt_buckets.
        builder.Ignore(u => u.AccessFailedCount).Ignore(u => u.LockoutEnabled).Ignore(u => u.LockoutEnd);
        builder.Ignore(u => u.PasswordHash);
        builder.HasOne(u => u.Password).WithOne().HasForeignKey<UserPassword>(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.Navigation(u => u.Password).AutoInclude();
    }
}

internal sealed class UserPasswordConfiguration : IEntityTypeConfiguration<UserPassword>
{
    public void Configure(EntityTypeBuilder<UserPassword> builder)
    {
        builder.ToTable("user_passwords");
        builder.HasKey(p => p.UserId);
        builder.Property(p => p.Hash).HasMaxLength(200);
    }
}

internal sealed class SecondFactorConfiguration : IEntityTypeConfiguration<SecondFactor>
{
    public void Configure(EntityTypeBuilder<SecondFactor> builder)
    {
        builder.ToTable("second_factors");
        builder.HasKey(f => f.UserId);
        builder.HasOne<ApplicationUser>().WithOne().HasForeignKey<SecondFactor>(f => f.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.Property<uint>("xmin").IsRowVersion();
    }
}
