using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ResumableUploads : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "fingerprint",
                table: "imports",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true
            );

            migrationBuilder.AddColumn<Guid[]>(name: "parts", table: "imports", type: "uuid[]", nullable: false, defaultValue: new Guid[0]);

            migrationBuilder.AddColumn<long>(name: "received", table: "imports", type: "bigint", nullable: false, defaultValue: 0L);

            migrationBuilder.AddColumn<Guid>(name: "uploader_id", table: "imports", type: "uuid", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "fingerprint", table: "imports");

            migrationBuilder.DropColumn(name: "parts", table: "imports");

            migrationBuilder.DropColumn(name: "received", table: "imports");

            migrationBuilder.DropColumn(name: "uploader_id", table: "imports");
        }
    }
}
