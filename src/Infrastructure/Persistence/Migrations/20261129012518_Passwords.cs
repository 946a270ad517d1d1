using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Passwords : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "user_passwords",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_user_passwords", x => x.user_id);
                    table.ForeignKey(
                        name: "fk_user_passwords_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );
            migrationBuilder.Sql(
                "INSERT INTO user_passwords (user_id, hash) SELECT id, password_hash FROM users WHERE password_hash IS NOT NULL"
            );

            migrationBuilder.DropColumn(name: "password_hash", table: "users");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "password_hash", table: "users", type: "text", nullable: true);
            migrationBuilder.Sql("UPDATE users SET password_hash = hash FROM user_passwords WHERE user_id = id");
            migrationBuilder.DropTable(name: "user_passwords");
        }
    }
}
