using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ImageArchive : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(name: "classes", table: "imports", type: "jsonb", nullable: false, defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<string>(name: "findings", table: "imports", type: "jsonb", nullable: true);

            migrationBuilder.AddColumn<bool>(name: "is_decided", table: "imports", type: "boolean", nullable: false, defaultValue: false);

            migrationBuilder.AddColumn<long>(name: "labels_bytes", table: "imports", type: "bigint", nullable: false, defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "labels_name",
                table: "imports",
                type: "character varying(255)",
                maxLength: 255,
                nullable: true
            );

            migrationBuilder.AddColumn<Guid>(name: "labels_part", table: "imports", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "on_existing",
                table: "imports",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "keep"
            );

            migrationBuilder.AddColumn<string>(
                name: "review",
                table: "imports",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "never"
            );

            migrationBuilder.AddColumn<bool>(name: "unlabelled", table: "imports", type: "boolean", nullable: false, defaultValue: false);

            migrationBuilder.AddColumn<Guid>(name: "version_id", table: "imports", type: "uuid", nullable: true);

            migrationBuilder.AddColumn<byte[]>(name: "after", table: "image_edits", type: "bytea", nullable: true);

            migrationBuilder.AddColumn<bool>(name: "archives", table: "image_edits", type: "boolean", nullable: true);

            migrationBuilder.AddColumn<bool>(name: "unlabels", table: "image_edits", type: "boolean", nullable: false, defaultValue: false);

            migrationBuilder.AddColumn<string[]>(
                name: "samples",
                table: "dataset_versions",
                type: "text[]",
                nullable: false,
                defaultValueSql: "ARRAY[]::text[]"
            );

            migrationBuilder.AlterColumn<Guid>(
                name: "class_id",
                table: "dataset_images",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid"
            );

            migrationBuilder.AddColumn<bool>(
                name: "is_archived",
                table: "dataset_images",
                type: "boolean",
                nullable: false,
                defaultValue: false
            );

            migrationBuilder.AlterColumn<Guid>(
                name: "class_id",
                table: "dataset_counts",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid"
            );

            migrationBuilder.AddColumn<bool>(
                name: "is_archived",
                table: "dataset_counts",
                type: "boolean",
                nullable: false,
                defaultValue: false
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_dataset_id_class_id_id",
                table: "dataset_images",
                columns: new[] { "org_id", "dataset_id", "class_id", "id" },
                filter: "class_id IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_dataset_id_is_archived_id",
                table: "dataset_images",
                columns: new[] { "org_id", "dataset_id", "is_archived", "id" },
                filter: "is_archived"
            );
            migrationBuilder.Sql(
                """
                CREATE OR REPLACE FUNCTION public.count_images() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
                BEGIN
                  IF TG_OP = 'INSERT' THEN
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, is_archived, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, is_archived, count(*), sum(bytes) FROM came
                    GROUP BY org_id, dataset_id, class_id, split, is_archived;
                  ELSIF TG_OP = 'DELETE' THEN
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, is_archived, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, is_archived, -count(*), -sum(bytes) FROM went
                    WHERE EXISTS (SELECT FROM public.datasets d WHERE d.org_id = went.org_id AND d.id = went.dataset_id)
                    GROUP BY org_id, dataset_id, class_id, split, is_archived;
                  ELSE
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, is_archived, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, is_archived, sum(sign), sum(sign * bytes) FROM (
                      SELECT 1 AS sign, org_id, dataset_id, class_id, split, is_archived, bytes FROM came
                      UNION ALL SELECT -1, org_id, dataset_id, class_id, split, is_archived, bytes FROM went) changed
                    GROUP BY org_id, dataset_id, class_id, split, is_archived HAVING sum(sign) <> 0 OR sum(sign * bytes) <> 0;
                  END IF;
                  RETURN NULL;
                END $$;
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                CREATE OR REPLACE FUNCTION public.count_images() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
                BEGIN
                  IF TG_OP = 'INSERT' THEN
                    INSERT INTO public.dataset_counts (org_id, dataset_id, class_id, split, images, bytes)
                    SELECT org_id, dataset_id, class_id, split, count(*), sum(bytes) FROM came
                    GROUP BY org_id, dataset_id, class_id, split;
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
                """
            );
            migrationBuilder.DropIndex(name: "ix_dataset_images_org_id_dataset_id_class_id_id", table: "dataset_images");

            migrationBuilder.DropIndex(name: "ix_dataset_images_org_id_dataset_id_is_archived_id", table: "dataset_images");

            migrationBuilder.DropColumn(name: "classes", table: "imports");

            migrationBuilder.DropColumn(name: "findings", table: "imports");

            migrationBuilder.DropColumn(name: "is_decided", table: "imports");

            migrationBuilder.DropColumn(name: "labels_bytes", table: "imports");

            migrationBuilder.DropColumn(name: "labels_name", table: "imports");

            migrationBuilder.DropColumn(name: "labels_part", table: "imports");

            migrationBuilder.DropColumn(name: "on_existing", table: "imports");

            migrationBuilder.DropColumn(name: "review", table: "imports");

            migrationBuilder.DropColumn(name: "unlabelled", table: "imports");

            migrationBuilder.DropColumn(name: "version_id", table: "imports");

            migrationBuilder.DropColumn(name: "after", table: "image_edits");

            migrationBuilder.DropColumn(name: "archives", table: "image_edits");

            migrationBuilder.DropColumn(name: "unlabels", table: "image_edits");

            migrationBuilder.DropColumn(name: "samples", table: "dataset_versions");

            migrationBuilder.DropColumn(name: "is_archived", table: "dataset_images");

            migrationBuilder.DropColumn(name: "is_archived", table: "dataset_counts");

            migrationBuilder.AlterColumn<Guid>(
                name: "class_id",
                table: "dataset_images",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true
            );

            migrationBuilder.AlterColumn<Guid>(
                name: "class_id",
                table: "dataset_counts",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true
            );
        }
    }
}
