using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace GpuGeek.Infrastructure.Persistence.Migrations;

/// <summary>Answers that were kept in clear go: a repeat of their requests is told so, and makes nothing twice.</summary>
[DbContext(typeof(GpuGeekDbContext))]
[Migration("20261124200500_AnswersSealed")]
public sealed class AnswersSealed : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("UPDATE idempotency_keys SET body = NULL");

    protected override void Down(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("UPDATE idempotency_keys SET body = NULL");
}
