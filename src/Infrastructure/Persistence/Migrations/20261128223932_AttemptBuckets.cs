using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class AttemptBuckets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "access_failed_count", table: "users");

            migrationBuilder.DropColumn(name: "lockout_enabled", table: "users");

            migrationBuilder.DropColumn(name: "lockout_end", table: "users");

            migrationBuilder.CreateTable(
                name: "attempt_buckets",
                columns: table => new
                {
                    key = table.Column<byte[]>(type: "bytea", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_known = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attempt_buckets", x => x.key);
                }
            );

            migrationBuilder.CreateIndex(name: "ix_attempt_buckets_ends_at", table: "attempt_buckets", column: "ends_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "attempt_buckets");

            migrationBuilder.AddColumn<int>(name: "access_failed_count", table: "users", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<bool>(
                name: "lockout_enabled",
                table: "users",
                type: "boolean",
                nullable: false,
                defaultValue: false
            );

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lockout_end",
                table: "users",
                type: "timestamp with time zone",
                nullable: true
            );
        }
    }
}
