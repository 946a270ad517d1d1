using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Tenants;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Accounts;

public sealed class ComingAndGoing(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Registering_makes_an_organisation_that_the_person_owns()
    {
        var session = await _app.RegisterAsync();
        var me = await session.Client.GetMeAsync(Cancel);
        Assert.Equal(session.Email, me.User.Email);
        Assert.Equal("owner", Assert.Single(me.Organizations).Role);
        Assert.Equal("trial", (await session.Client.GetOrganizationAsync(session.Org, Cancel)).Plan);
    }

    [Fact]
    public async Task An_organisation_or_project_never_takes_an_address_of_the_site()
    {
        var pages = Directory
            .EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src/Web/Components"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines)
            .Where(l => l.StartsWith("@page \"/", StringComparison.Ordinal))
            .Select(l => l.Split('"')[1].Split('/'))
            .ToList();
        Assert.Contains("sign-in", pages.Select(p => p[1]));
        Assert.DoesNotContain(pages.Select(p => p[1]), p => p.Length > 0 && p[0] != '{' && !Organization.IsReserved(p));
        Assert.DoesNotContain(pages, p => p is [_, "{org:nonfile}", var second, ..] && second[0] != '{' && !Project.IsReserved(second));
        var client = new GpuGeekClient(_app.HttpWith(null));
        var session = await client.RegisterAsync(
            new()
            {
                Email = $"{Planted.NewId():N}@example.org",
                Password = "a long enough phrase",
                DisplayName = "A",
                Organization = "Account",
            },
            Cancel
        );
        Assert.StartsWith("account-", session.Organizations[0].Slug, StringComparison.Ordinal);
        var own = new GpuGeekClient(_app.HttpWith(session.Token));
        Assert.Equal("keys-2", (await own.CreateProjectAsync(session.Organizations[0].Slug, new() { Name = "Keys" }, Cancel)).Slug);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_at_once()
    {
        var session = await _app.RegisterAsync();
        await session.Client.SignOutAsync(Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await session.Http.GetAsync("/api/v1/account/me", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_is_the_one_that_works()
    {
        var session = await _app.RegisterAsync();
        var nobody = new GpuGeekClient(_app.HttpWith(null));
        var other = await nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel);
        await session.Client.ChangePasswordAsync(new() { CurrentPassword = session.Password, NewPassword = "another long phrase" }, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await _app.HttpWith(other.Token).GetAsync("/api/v1/account/me", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await session.Http.GetAsync("/api/v1/account/me", Cancel)).StatusCode);
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel)
        );
        Assert.Equal("wrong_credentials", refused.Problem.Code);
        await nobody.SignInAsync(new() { Email = session.Email, Password = "another long phrase" }, Cancel);
    }

    [Fact]
    public async Task Guessing_locks_the_account_for_a_while()
    {
        var session = await _app.RegisterAsync();
        var nobody = new GpuGeekClient(_app.HttpWith(null));
        for (var i = 0; i < 8; i++)
            await Assert.ThrowsAsync<ApiException>(() =>
                nobody.SignInAsync(new() { Email = session.Email, Password = "a wrong long phrase" }, Cancel)
            );
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel)
        );
        Assert.Equal("locked_out", refused.Problem.Code);
    }

    [Fact]
    public async Task An_unknown_address_answers_as_a_wrong_password_does()
    {
        var session = await _app.RegisterAsync();
        var nobody = new GpuGeekClient(_app.HttpWith(null));
        var unknown = await Assert.ThrowsAsync<ApiException>(() =>
            nobody.SignInAsync(new() { Email = "nobody@example.org", Password = "a wrong long phrase" }, Cancel)
        );
        var wrong = await Assert.ThrowsAsync<ApiException>(() =>
            nobody.SignInAsync(new() { Email = session.Email, Password = "a wrong long phrase" }, Cancel)
        );
        Assert.Equal(unknown.Problem with { RequestId = null }, wrong.Problem with { RequestId = null });
    }

    [Fact]
    public async Task A_request_with_wrong_fields_names_them_by_pointer()
    {
        var response = await _app.HttpWith(null)
            .PostAsJsonAsync(
                "/api/v1/account/register",
                new
                {
                    email = "no address",
                    password = "short",
                    displayName = "x",
                    organization = "",
                },
                Cancel
            );
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal("malformed_request", problem.GetProperty("code").GetString());
        Assert.Equal(
            ["/email", "/organization", "/password"],
            problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Broken_JSON_is_a_problem_and_no_stack_trace()
    {
        var response = await _app.HttpWith(null)
            .PostAsync("/api/v1/account/sign-in", new StringContent("{\"email\":", System.Text.Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("   at ", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_common_password_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ApiException>(() =>
            new GpuGeekClient(_app.HttpWith(null)).RegisterAsync(
                new()
                {
                    Email = "x@example.org",
                    Password = "1234567890",
                    DisplayName = "X",
                    Organization = "X",
                },
                Cancel
            )
        );
        Assert.Equal("weak_password", refused.Problem.Code);
    }
}
