using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DatasetCounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "dataset_counts",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    class_id = table.Column<Guid>(type: "uuid", nullable: false),
                    split = table.Column<string>(type: "character varying(5)", maxLength: 5, nullable: true),
                    images = table.Column<int>(type: "integer", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dataset_counts", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_dataset_counts_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_counts_org_id_dataset_id",
                table: "dataset_counts",
                columns: new[] { "org_id", "dataset_id" }
            );

            migrationBuilder.Sql(
                """
                INSERT INTO dataset_counts (org_id, dataset_id, class_id, split, images, bytes)
                SELECT org_id, dataset_id, class_id, split, count(*), sum(bytes) FROM dataset_images GROUP BY org_id, dataset_id, class_id, split;

                -- As whoever changes the pictures, within row-level security. Pictures that go with their dataset need no count.
                CREATE FUNCTION public.count_images() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
                BEGIN
                  IF TG_OP = 'INSERT' THEN
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, count(*), sum(bytes) FROM came GROUP BY org_id, dataset_id, class_id, split;
                  ELSIF TG_OP = 'DELETE' THEN
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, -count(*), -sum(bytes) FROM went
                    WHERE EXISTS (SELECT FROM public.datasets d WHERE d.org_id = went.org_id AND d.id = went.dataset_id)
                    GROUP BY org_id, dataset_id, class_id, split;
                  ELSE
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, sum(sign), sum(sign * bytes) FROM (
                      SELECT 1 AS sign, org_id, dataset_id, class_id, split, bytes FROM came
                      UNION ALL SELECT -1, org_id, dataset_id, class_id, split, bytes FROM went) changed
                    GROUP BY org_id, dataset_id, class_id, split HAVING sum(sign) <> 0 OR sum(sign * bytes) <> 0;
                  END IF;
                  RETURN NULL;
                END $$;
                CREATE TRIGGER count_added AFTER INSERT ON dataset_images REFERENCING NEW TABLE AS came
                FOR EACH STATEMENT EXECUTE FUNCTION public.count_images();
                CREATE TRIGGER count_removed AFTER DELETE ON dataset_images REFERENCING OLD TABLE AS went
                FOR EACH STATEMENT EXECUTE FUNCTION public.count_images();
                CREATE TRIGGER count_changed AFTER UPDATE ON dataset_images REFERENCING OLD TABLE AS went NEW TABLE AS came
                FOR EACH STATEMENT EXECUTE FUNCTION public.count_images();
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                DROP TRIGGER count_added ON dataset_images;
                DROP TRIGGER count_removed ON dataset_images;
                DROP TRIGGER count_changed ON dataset_images;
                DROP FUNCTION public.count_images();
                """
            );
            migrationBuilder.DropTable(name: "dataset_counts");
        }
    }
}
