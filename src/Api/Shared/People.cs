using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

internal static class People
{
    /// <summary>The display name of a person whom the context may see: oneself, or a member of the organisation.</summary>
    public static Task<string> NameAsync(this GpuGeekDbContext db, Guid user, CancellationToken cancellationToken) =>
        db.Users.Where(u => u.Id == user).Select(u => u.DisplayName).SingleAsync(cancellationToken);
}
