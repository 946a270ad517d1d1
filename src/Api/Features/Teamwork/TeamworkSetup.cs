namespace GpuGeek.Api.Features.Teamwork;

internal static class TeamworkSetup
{
    public static void MapTeamwork(this IEndpointRouteBuilder routes)
    {
        routes.MapSharing();
        routes.MapComments();
        routes.MapMentions();
        routes.MapActivity();
    }
}
