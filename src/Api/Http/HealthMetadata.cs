namespace GpuGeek.Api.Http;

/// <summary>Marks a health route. It takes no token, because checking a token needs the database.</summary>
internal sealed class HealthMetadata;
