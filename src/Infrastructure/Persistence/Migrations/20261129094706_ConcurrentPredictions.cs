using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ConcurrentPredictions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "max_concurrent_predictions",
                table: "plans",
                type: "integer",
                nullable: false,
                defaultValue: 64
            );
            migrationBuilder.Sql(
                "UPDATE public.plans SET max_concurrent_predictions = CASE code WHEN 'hourly' THEN 128 WHEN 'monthly' THEN 256 ELSE 64 END;"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "max_concurrent_predictions", table: "plans");
        }
    }
}
