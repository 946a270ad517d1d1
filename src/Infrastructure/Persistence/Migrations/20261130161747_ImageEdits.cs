using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ImageEdits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "image_edits",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    removes = table.Column<bool>(type: "boolean", nullable: false),
                    class_id = table.Column<Guid>(type: "uuid", nullable: true),
                    split = table.Column<string>(type: "character varying(5)", maxLength: 5, nullable: true),
                    group_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    count = table.Column<int>(type: "integer", nullable: false),
                    before = table.Column<byte[]>(type: "bytea", nullable: false),
                    undone_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_image_edits", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_image_edits_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(name: "ix_image_edits_created_at", table: "image_edits", column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_image_edits_org_id_dataset_id",
                table: "image_edits",
                columns: new[] { "org_id", "dataset_id" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "image_edits");
        }
    }
}
