using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Evaluations : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "evaluations",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    split = table.Column<string>(type: "character varying(5)", maxLength: 5, nullable: false),
                    classes = table.Column<string>(type: "jsonb", nullable: false),
                    class_key = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    is_of_run = table.Column<bool>(type: "boolean", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    predictions_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: true),
                    predictions_bytes = table.Column<long>(type: "bigint", nullable: false),
                    pictures = table.Column<int>(type: "integer", nullable: false),
                    left_out = table.Column<int>(type: "integer", nullable: false),
                    seen = table.Column<int>(type: "integer", nullable: true),
                    correct = table.Column<int>(type: "integer", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_evaluations", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_evaluations_dataset_versions_org_id_dataset_version_id",
                        columns: x => new { x.org_id, x.dataset_version_id },
                        principalTable: "dataset_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_evaluations_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_evaluations_org_id_dataset_version_id",
                table: "evaluations",
                columns: new[] { "org_id", "dataset_version_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_evaluations_org_id_model_version_id_dataset_version_id_spli",
                table: "evaluations",
                columns: new[] { "org_id", "model_version_id", "dataset_version_id", "split", "class_key" },
                unique: true
            );

            // What runs have found on their own test pictures.
            migrationBuilder.Sql(
                """
                INSERT INTO evaluations (org_id, id, model_version_id, dataset_version_id, split, classes, class_key, is_of_run, created_by,
                  created_at, predictions_hash, predictions_bytes, pictures, left_out, seen, correct)
                SELECT m.org_id, m.id, m.id, m.dataset_version_id, 'test', '{}', '', true, r.created_by, m.created_at, m.predictions_hash,
                  0, (m.result->>'testCount')::int, 0, 0,
                  round((m.result->>'testAccuracy')::numeric * (m.result->>'testCount')::int)::int
                FROM model_versions m JOIN runs r ON r.org_id = m.org_id AND r.id = m.run_id
                JOIN dataset_versions d ON d.org_id = m.org_id AND d.id = m.dataset_version_id
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "evaluations");
        }
    }
}
