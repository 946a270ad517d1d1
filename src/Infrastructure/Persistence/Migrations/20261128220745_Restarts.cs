using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Restarts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(name: "deaths", table: "weights_files", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<int>(name: "lapses", table: "weights_files", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "retry_until",
                table: "weights_files",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.AddColumn<int>(name: "deaths", table: "runs", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<int>(name: "lapses", table: "runs", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "retry_until",
                table: "runs",
                type: "timestamp with time zone",
                nullable: true
            );

            migrationBuilder.AddColumn<int>(name: "deaths", table: "imports", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<int>(name: "lapses", table: "imports", type: "integer", nullable: false, defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "retry_until",
                table: "imports",
                type: "timestamp with time zone",
                nullable: true
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "deaths", table: "weights_files");

            migrationBuilder.DropColumn(name: "lapses", table: "weights_files");

            migrationBuilder.DropColumn(name: "retry_until", table: "weights_files");

            migrationBuilder.DropColumn(name: "deaths", table: "runs");

            migrationBuilder.DropColumn(name: "lapses", table: "runs");

            migrationBuilder.DropColumn(name: "retry_until", table: "runs");

            migrationBuilder.DropColumn(name: "deaths", table: "imports");

            migrationBuilder.DropColumn(name: "lapses", table: "imports");

            migrationBuilder.DropColumn(name: "retry_until", table: "imports");
        }
    }
}
