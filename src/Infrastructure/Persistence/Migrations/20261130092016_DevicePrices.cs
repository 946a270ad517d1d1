using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DevicePrices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "device",
                table: "usage_intervals",
                type: "character varying(32)",
                maxLength: 32,
                nullable: false,
                defaultValue: "cpu"
            );

            migrationBuilder.AddColumn<string>(
                name: "device_prices",
                table: "plans",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "device", table: "usage_intervals");

            migrationBuilder.DropColumn(name: "device_prices", table: "plans");
        }
    }
}
