using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Teamwork : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(name: "max_share_links", table: "plans", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<Guid>(name: "project_id", table: "audit_entries", type: "uuid", nullable: true);

            migrationBuilder.CreateTable(
                name: "comments",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    dataset_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    author_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    text = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    mentions = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    edited_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comments", x => new { x.org_id, x.id });
                    table.CheckConstraint("ck_comments_subject", "num_nonnulls(run_id, dataset_version_id, model_version_id) = 1");
                    table.ForeignKey(
                        name: "fk_comments_dataset_versions_org_id_dataset_version_id",
                        columns: x => new { x.org_id, x.dataset_version_id },
                        principalTable: "dataset_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_comments_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_comments_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_comments_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "share_links",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_share_links", x => new { x.org_id, x.id });
                    table.CheckConstraint("ck_share_links_subject", "num_nonnulls(run_id, model_version_id) = 1");
                    table.ForeignKey(
                        name: "fk_share_links_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_share_links_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_share_links_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_share_links_users_created_by",
                        column: x => x.created_by,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "mentions",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    comment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mentions", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_mentions_comments_org_id_comment_id",
                        columns: x => new { x.org_id, x.comment_id },
                        principalTable: "comments",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_mentions_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_org_id_project_id_id",
                table: "audit_entries",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_dataset_version_id_id",
                table: "comments",
                columns: new[] { "org_id", "dataset_version_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_model_version_id_id",
                table: "comments",
                columns: new[] { "org_id", "model_version_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_project_id_id",
                table: "comments",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_run_id_id",
                table: "comments",
                columns: new[] { "org_id", "run_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_mentions_org_id_comment_id_user_id",
                table: "mentions",
                columns: new[] { "org_id", "comment_id", "user_id" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_mentions_org_id_user_id_id",
                table: "mentions",
                columns: new[] { "org_id", "user_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_mentions_user_id", table: "mentions", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_share_links_created_by", table: "share_links", column: "created_by");

            migrationBuilder.CreateIndex(name: "ix_share_links_hash", table: "share_links", column: "hash");

            migrationBuilder.CreateIndex(
                name: "ix_share_links_org_id_model_version_id",
                table: "share_links",
                columns: new[] { "org_id", "model_version_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_share_links_org_id_project_id_id",
                table: "share_links",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_share_links_org_id_run_id", table: "share_links", columns: new[] { "org_id", "run_id" });

            TeamworkData.Fill(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "mentions");

            migrationBuilder.DropTable(name: "share_links");

            migrationBuilder.DropTable(name: "comments");

            migrationBuilder.DropIndex(name: "ix_audit_entries_org_id_project_id_id", table: "audit_entries");

            migrationBuilder.DropColumn(name: "max_share_links", table: "plans");

            migrationBuilder.DropColumn(name: "project_id", table: "audit_entries");
        }
    }
}
