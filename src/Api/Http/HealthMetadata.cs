namespace GpuGeek.Api.Http;

/// <summary>The route says how the process is. It takes no token: whether one is good would have to be asked of the database.</summary>
internal sealed class HealthMetadata;
