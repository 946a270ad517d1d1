using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Folds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(name: "fold", table: "dataset_versions", type: "integer", nullable: true);

            migrationBuilder.AddColumn<int>(name: "folds", table: "dataset_versions", type: "integer", nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "fold", table: "dataset_versions");

            migrationBuilder.DropColumn(name: "folds", table: "dataset_versions");
        }
    }
}
