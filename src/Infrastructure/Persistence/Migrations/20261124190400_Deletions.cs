using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Deletions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(name: "fk_runs_dataset_versions_org_id_dataset_version_id", table: "runs");

            migrationBuilder.DropForeignKey(name: "fk_usage_intervals_runs_org_id_run_id", table: "usage_intervals");

            migrationBuilder.DropIndex(name: "ix_projects_org_id_slug", table: "projects");

            migrationBuilder.DropIndex(name: "ix_models_org_id_name", table: "models");

            migrationBuilder.DropIndex(name: "ix_deployments_org_id_name", table: "deployments");

            migrationBuilder.DropIndex(name: "ix_datasets_org_id_project_id_name", table: "datasets");

            migrationBuilder.AddColumn<string>(
                name: "run_name",
                table: "usage_intervals",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: ""
            );

            migrationBuilder.AddColumn<string>(
                name: "dataset_name",
                table: "runs",
                type: "character varying(100)",
                maxLength: 100,
                nullable: false,
                defaultValue: ""
            );

            migrationBuilder.AddColumn<int>(
                name: "dataset_version_number",
                table: "runs",
                type: "integer",
                nullable: false,
                defaultValue: 0
            );

            // What is there tells its own name; from now on it is noted when the row is made.
            migrationBuilder.Sql(
                """
                UPDATE runs r SET dataset_name = d.name, dataset_version_number = v.number
                FROM dataset_versions v JOIN datasets d ON d.org_id = v.org_id AND d.id = v.dataset_id WHERE v.org_id = r.org_id AND v.id = r.dataset_version_id;
                UPDATE usage_intervals u SET run_name = r.name FROM runs r WHERE r.org_id = u.org_id AND r.id = u.run_id;
                """
            );

            migrationBuilder.AddColumn<Guid>(name: "deletion_id", table: "runs", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<Guid>(name: "deletion_id", table: "projects", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<Guid>(name: "deletion_id", table: "organizations", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<Guid>(name: "deletion_id", table: "models", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<Guid>(name: "deletion_id", table: "deployments", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<Guid>(name: "deletion_id", table: "datasets", type: "uuid", nullable: true);

            migrationBuilder.CreateTable(
                name: "deletions",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    target_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    requested_by = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_by_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    purge_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deletions", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_deletions_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_projects_org_id_slug",
                table: "projects",
                columns: new[] { "org_id", "slug" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_models_org_id_name",
                table: "models",
                columns: new[] { "org_id", "name" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_deployments_org_id_name",
                table: "deployments",
                columns: new[] { "org_id", "name" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_datasets_org_id_project_id_name",
                table: "datasets",
                columns: new[] { "org_id", "project_id", "name" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_deletions_purge_at", table: "deletions", column: "purge_at");

            migrationBuilder.AddForeignKey(
                name: "fk_usage_intervals_organizations_org_id",
                table: "usage_intervals",
                column: "org_id",
                principalTable: "organizations",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(name: "fk_usage_intervals_organizations_org_id", table: "usage_intervals");

            migrationBuilder.DropTable(name: "deletions");

            migrationBuilder.DropIndex(name: "ix_projects_org_id_slug", table: "projects");

            migrationBuilder.DropIndex(name: "ix_models_org_id_name", table: "models");

            migrationBuilder.DropIndex(name: "ix_deployments_org_id_name", table: "deployments");

            migrationBuilder.DropIndex(name: "ix_datasets_org_id_project_id_name", table: "datasets");

            migrationBuilder.DropColumn(name: "run_name", table: "usage_intervals");

            migrationBuilder.DropColumn(name: "dataset_name", table: "runs");

            migrationBuilder.DropColumn(name: "dataset_version_number", table: "runs");

            migrationBuilder.DropColumn(name: "deletion_id", table: "runs");

            migrationBuilder.DropColumn(name: "deletion_id", table: "projects");

            migrationBuilder.DropColumn(name: "deletion_id", table: "organizations");

            migrationBuilder.DropColumn(name: "deletion_id", table: "models");

            migrationBuilder.DropColumn(name: "deletion_id", table: "deployments");

            migrationBuilder.DropColumn(name: "deletion_id", table: "datasets");

            migrationBuilder.CreateIndex(
                name: "ix_projects_org_id_slug",
                table: "projects",
                columns: new[] { "org_id", "slug" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_models_org_id_name", table: "models", columns: new[] { "org_id", "name" }, unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deployments_org_id_name",
                table: "deployments",
                columns: new[] { "org_id", "name" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_datasets_org_id_project_id_name",
                table: "datasets",
                columns: new[] { "org_id", "project_id", "name" },
                unique: true
            );

            migrationBuilder.AddForeignKey(
                name: "fk_runs_dataset_versions_org_id_dataset_version_id",
                table: "runs",
                columns: new[] { "org_id", "dataset_version_id" },
                principalTable: "dataset_versions",
                principalColumns: new[] { "org_id", "id" },
                onDelete: ReferentialAction.Restrict
            );

            migrationBuilder.AddForeignKey(
                name: "fk_usage_intervals_runs_org_id_run_id",
                table: "usage_intervals",
                columns: new[] { "org_id", "run_id" },
                principalTable: "runs",
                principalColumns: new[] { "org_id", "id" },
                onDelete: ReferentialAction.Restrict
            );
        }
    }
}
