using GpuGeek.Infrastructure.Persistence;

namespace GpuGeek.Api.Verbs;

/// <summary>Prints the last migration that this program knows: a backup of a newer one is not restored by it.</summary>
internal static class SchemaVerb
{
    public static Task<int> RunAsync()
    {
        Console.WriteLine(SchemaGuard.Newest());
        return Task.FromResult(0);
    }
}
