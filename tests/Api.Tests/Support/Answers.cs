using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Contracts.Client;

namespace GpuGeek.Api.Tests.Support;

internal static class Answers
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>An address in the session's organisation.</summary>
    public static string At(this TenantSession session, string path) => $"/api/v1/orgs/{session.Org}/{path}";

    /// <summary>The problem's code; the answer must be a problem of that status.</summary>
    public static async Task<string> CodeAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var body = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.DoesNotContain("   at ", body, StringComparison.Ordinal);
        return JsonNode.Parse(body)!["code"]!.GetValue<string>();
    }

    /// <summary>The body without what differs at every request.</summary>
    public static async Task<string> WithoutRequestIdAsync(this HttpResponseMessage response)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!.AsObject();
        Assert.True(body.Remove("requestId"));
        return body.ToJsonString();
    }

    /// <summary>Status and code of a refusal.</summary>
    public static async Task<(HttpStatusCode Status, string? Code, string Detail)> RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<ApiException>(call);
        return (refused.Status, refused.Problem.Code, refused.Message);
    }
}
