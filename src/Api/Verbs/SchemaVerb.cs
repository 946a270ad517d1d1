using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Verbs;

/// <summary>Prints the last migration of this program: it cannot restore a backup of a newer one.</summary>
internal static class SchemaVerb
{
    public static Task<int> RunAsync()
    {
        Console.WriteLine(SchemaGuard.Newest());
        return Task.FromResult(0);
    }
}
