using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Embeddings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "embeddings",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    backbone = table.Column<byte[]>(type: "bytea", nullable: false),
                    picture = table.Column<byte[]>(type: "bytea", nullable: false),
                    view = table.Column<short>(type: "smallint", nullable: false),
                    vector = table.Column<byte[]>(type: "bytea", nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_embeddings",
                        x => new
                        {
                            x.org_id,
                            x.backbone,
                            x.picture,
                            x.view,
                        }
                    );
                    table.ForeignKey(
                        name: "fk_embeddings_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(name: "ix_embeddings_org_id_picture", table: "embeddings", columns: new[] { "org_id", "picture" });

            migrationBuilder.CreateIndex(name: "ix_embeddings_org_id_used_at", table: "embeddings", columns: new[] { "org_id", "used_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "embeddings");
        }
    }
}
