using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ImageGroups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "fractions", table: "dataset_versions", type: "jsonb", nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "group_name",
                table: "dataset_images",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "fractions", table: "dataset_versions");

            migrationBuilder.DropColumn(name: "group_name", table: "dataset_images");
        }
    }
}
