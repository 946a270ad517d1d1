using System.Data.Common;

namespace GpuGeek.Infrastructure.Persistence;

public static class DatabaseOutage
{
    /// <summary>
    /// The database could not be reached, did not answer in time or broke off; not: it refused. EF and Npgsql wrap what happened, at times
    /// twice, and the innermost exception is the socket's: so each one of the chain is looked at.
    /// </summary>
    public static bool IsAway(Exception failure) =>
        failure switch
        {
            DbException { IsTransient: true } => true,
            // Another client's time limit, such as the predictor's, comes as a cancellation with a timeout inside.
            OperationCanceledException => false,
            TimeoutException => true,
            { InnerException: { } inner } => IsAway(inner),
            _ => false,
        };
}
