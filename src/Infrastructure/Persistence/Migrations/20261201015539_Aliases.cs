using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Aliases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "alias",
                table: "deployments",
                type: "character varying(63)",
                maxLength: 63,
                nullable: true
            );

            migrationBuilder.CreateTable(
                name: "model_aliases",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    model_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    set_by = table.Column<Guid>(type: "uuid", nullable: true),
                    set_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_aliases", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_model_aliases_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_model_aliases_models_org_id_model_id",
                        columns: x => new { x.org_id, x.model_id },
                        principalTable: "models",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_model_aliases_org_id_model_id_name",
                table: "model_aliases",
                columns: new[] { "org_id", "model_id", "name" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_model_aliases_org_id_model_version_id",
                table: "model_aliases",
                columns: new[] { "org_id", "model_version_id" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "model_aliases");

            migrationBuilder.DropColumn(name: "alias", table: "deployments");
        }
    }
}
