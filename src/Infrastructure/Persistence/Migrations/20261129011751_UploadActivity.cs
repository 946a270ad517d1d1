using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class UploadActivity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "upload_active_at",
                table: "weights_files",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.AddColumn<Guid>(name: "upload_claim", table: "weights_files", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "upload_active_at",
                table: "imports",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.AddColumn<Guid>(name: "upload_claim", table: "imports", type: "uuid", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "upload_active_at", table: "weights_files");

            migrationBuilder.DropColumn(name: "upload_claim", table: "weights_files");

            migrationBuilder.DropColumn(name: "upload_active_at", table: "imports");

            migrationBuilder.DropColumn(name: "upload_claim", table: "imports");
        }
    }
}
