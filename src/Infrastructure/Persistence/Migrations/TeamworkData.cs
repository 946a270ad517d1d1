using Microsoft.EntityFrameworkCore.Migrations;

namespace GpuGeek.Infrastructure.Persistence.Migrations;

/// <summary>What the migration Teamwork fills in where there is something already.</summary>
internal static class TeamworkData
{
    /// <summary>Entries name what was changed by its address; of what is gone the project is not known any more.</summary>
    public const string ProjectsOfEntries = """
        UPDATE public.audit_entries a SET project_id = CASE split_part(a.target, '/', 1)
          WHEN 'projects' THEN (SELECT p.id FROM public.projects p WHERE p.org_id = a.org_id AND p.slug = split_part(a.target, '/', 2))
          WHEN 'datasets' THEN (SELECT d.project_id FROM public.datasets d WHERE d.org_id = a.org_id AND d.id::text = split_part(a.target, '/', 2))
          WHEN 'runs' THEN (SELECT r.project_id FROM public.runs r WHERE r.org_id = a.org_id AND r.id::text = split_part(a.target, '/', 2))
          WHEN 'deployments' THEN (SELECT d.project_id FROM public.deployments d WHERE d.org_id = a.org_id AND d.name = split_part(a.target, '/', 2))
        END WHERE a.project_id IS NULL;
        """;

    public static void Fill(MigrationBuilder migration)
    {
        migration.Sql("UPDATE public.plans SET max_share_links = CASE code WHEN 'hourly' THEN 100 WHEN 'monthly' THEN 500 ELSE 20 END;");
        migration.Sql(ProjectsOfEntries);
    }
}
