using System.Data.Common;

namespace GpuGeek.Infrastructure.Persistence;

public static class DatabaseOutage
{
    /// <summary>
    /// Detects that the database could not be reached, timed out or lost the connection, but not that it refused a statement. EF and
    /// Npgsql wrap the error, sometimes twice, and the innermost exception is the socket's, so the whole chain is checked.
    /// </summary>
    public static bool IsAway(Exception failure) =>
        failure switch
        {
            DbException { IsTransient: true } => true,
            // The timeout of another client, such as the predictor's, is a cancellation with a timeout inside.
            OperationCanceledException => false,
            TimeoutException => true,
            { InnerException: { } inner } => IsAway(inner),
            _ => false,
        };
}
