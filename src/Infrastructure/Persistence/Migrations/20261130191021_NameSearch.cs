using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class NameSearch : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DO $$ BEGIN
                  IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
                    RAISE EXCEPTION 'The extension pg_trgm is missing. Run deploy/postgres/roles.sql again as a superuser.';
                  END IF;
                END $$
                """
            );
            migrationBuilder
                .CreateIndex(name: "ix_dataset_images_file_name", table: "dataset_images", column: "file_name")
                .Annotation("Npgsql:IndexMethod", "gin")
                .Annotation("Npgsql:IndexOperators", new[] { "gin_trgm_ops" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "ix_dataset_images_file_name", table: "dataset_images");
        }
    }
}
