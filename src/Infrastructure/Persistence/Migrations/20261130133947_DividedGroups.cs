using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DividedGroups : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "divided_groups",
                table: "dataset_versions",
                type: "integer",
                nullable: false,
                defaultValue: 0
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "divided_groups", table: "dataset_versions");
        }
    }
}
