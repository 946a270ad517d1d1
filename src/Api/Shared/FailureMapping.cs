using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Common;

namespace GpuGeek.Api.Shared;

internal static class FailureMapping
{
    public static ErrorInfo ToResponse(this Failure failure) => new(failure.Code, failure.Title, failure.Detail, failure.Hint);
}
