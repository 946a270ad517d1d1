using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Jobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "weights_files");

            migrationBuilder.DropColumn(name: "attempt", table: "imports");

            migrationBuilder.DropColumn(name: "cancel_requested", table: "imports");

            migrationBuilder.DropColumn(name: "deaths", table: "imports");

            migrationBuilder.DropColumn(name: "finished_at", table: "imports");

            migrationBuilder.DropColumn(name: "lapses", table: "imports");

            migrationBuilder.DropColumn(name: "lease_until", table: "imports");

            migrationBuilder.DropColumn(name: "owner", table: "imports");

            migrationBuilder.DropColumn(name: "progress", table: "imports");

            migrationBuilder.DropColumn(name: "retry_until", table: "imports");

            migrationBuilder.RenameColumn(name: "started_at", table: "imports", newName: "stopped_at");

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: true),
                    payload = table.Column<string>(type: "jsonb", nullable: true),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    progress = table.Column<double>(type: "double precision", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    space_bytes = table.Column<long>(type: "bigint", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancel_requested = table.Column<bool>(type: "boolean", nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    claimed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    fence = table.Column<long>(type: "bigint", nullable: false),
                    deaths = table.Column<int>(type: "integer", nullable: false),
                    lapses = table.Column<int>(type: "integer", nullable: false),
                    retry_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_jobs", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_jobs_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "fk_jobs_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "uploaded_weights",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    asked = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    content_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: true),
                    report = table.Column<string>(type: "jsonb", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    file_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    stopped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    upload_claim = table.Column<Guid>(type: "uuid", nullable: true),
                    upload_active_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_uploaded_weights", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_uploaded_weights_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateIndex(name: "ix_jobs_org_id_claimed_at", table: "jobs", columns: new[] { "org_id", "claimed_at" });

            migrationBuilder.CreateIndex(name: "ix_jobs_org_id_dataset_id", table: "jobs", columns: new[] { "org_id", "dataset_id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_org_id_priority_created_at",
                table: "jobs",
                columns: new[] { "org_id", "priority", "created_at" },
                filter: "state IN ('queued', 'running')"
            );

            migrationBuilder.CreateIndex(name: "ix_jobs_org_id_project_id", table: "jobs", columns: new[] { "org_id", "project_id" });

            migrationBuilder.CreateIndex(
                name: "ix_uploaded_weights_org_id_project_id_id",
                table: "uploaded_weights",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_uploaded_weights_state", table: "uploaded_weights", column: "state");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "jobs");

            migrationBuilder.DropTable(name: "uploaded_weights");

            migrationBuilder.RenameColumn(name: "stopped_at", table: "imports", newName: "started_at");

            migrationBuilder.AddColumn<int>(name: "attempt", table: "imports", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<bool>(
                name: "cancel_requested",
                table: "imports",
                type: "boolean",
                nullable: false,
                defaultValue: false
            );

            migrationBuilder.AddColumn<int>(name: "deaths", table: "imports", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "finished_at",
                table: "imports",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.AddColumn<int>(name: "lapses", table: "imports", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "lease_until",
                table: "imports",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.AddColumn<string>(
                name: "owner",
                table: "imports",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true
            );

            migrationBuilder.AddColumn<double>(
                name: "progress",
                table: "imports",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0
            );

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "retry_until",
                table: "imports",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.CreateTable(
                name: "weights_files",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    asked = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    content_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    deaths = table.Column<int>(type: "integer", nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    file_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lapses = table.Column<int>(type: "integer", nullable: false),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    report = table.Column<string>(type: "jsonb", nullable: true),
                    retry_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    upload_active_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    upload_claim = table.Column<Guid>(type: "uuid", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_weights_files", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_weights_files_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_weights_files_org_id_project_id_id",
                table: "weights_files",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_weights_files_state", table: "weights_files", column: "state");
        }
    }
}
