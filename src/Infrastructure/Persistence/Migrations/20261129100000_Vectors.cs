using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Vectors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Numbers of a network do not compress: trying costs time.
            migrationBuilder.Sql("ALTER TABLE embeddings ALTER COLUMN vector SET STORAGE EXTERNAL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE embeddings ALTER COLUMN vector SET STORAGE EXTENDED");
        }
    }
}
