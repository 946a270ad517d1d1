using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ImageOrders : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "ix_dataset_images_org_id_class_id", table: "dataset_images");

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_class_id_id",
                table: "dataset_images",
                columns: new[] { "org_id", "class_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_dataset_id_bytes_id",
                table: "dataset_images",
                columns: new[] { "org_id", "dataset_id", "bytes", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_dataset_id_file_name_id",
                table: "dataset_images",
                columns: new[] { "org_id", "dataset_id", "file_name", "id" }
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "ix_dataset_images_org_id_class_id_id", table: "dataset_images");

            migrationBuilder.DropIndex(name: "ix_dataset_images_org_id_dataset_id_bytes_id", table: "dataset_images");

            migrationBuilder.DropIndex(name: "ix_dataset_images_org_id_dataset_id_file_name_id", table: "dataset_images");

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_class_id",
                table: "dataset_images",
                columns: new[] { "org_id", "class_id" }
            );
        }
    }
}
