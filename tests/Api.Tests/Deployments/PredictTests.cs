using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Deployments;
using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Deployments;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Api.Tests.Deployments;

[Collection(nameof(HostedModels))]
public sealed class ClassifyingAPicture(HostedModels hosted)
{
    private readonly ApiApplication _app = hosted.Listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<TenantSession> LiveAsync()
    {
        var (session, _, data) = await _app.RegisterWithVersionAsync();
        await session.AddModelVersionAsync(data.Id);
        await session.Client.CreateDeploymentAsync(
            session.Org,
            new()
            {
                Project = "flowers",
                Name = "shop",
                Model = "flowers",
                Version = 1,
            },
            Cancel
        );
        Assert.Equal("live", (await session.Client.GetDeploymentAsync(session.Org, "shop", 60, Cancel)).State);
        return session;
    }

    private static Task<HttpResponseMessage> PostAsync(
        TenantSession session,
        HttpContent content,
        string query = "",
        string name = "shop"
    ) => session.Http.PostAsync(session.At($"deployments/{name}/predict{query}"), content, Cancel);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    [Fact]
    public async Task The_most_probable_class_comes_first()
    {
        var session = await LiveAsync();
        var answer = await session.Client.PredictAsync(session.Org, "shop", "a rose"u8.ToArray(), ct: Cancel);
        Assert.Equal(("rose", 0.75), (answer.Label, answer.Probability));
        Assert.Equal([new("rose", 0.75), new("daisy", 0.25)], answer.Classes);
        Assert.Equal(("flowers", 1), (answer.Model.Name, answer.Model.Version));
        Assert.StartsWith("sha256:", answer.Model.Artefact, StringComparison.Ordinal);
        Assert.Equal((1.23, 0.5, 6), (answer.Timing.DecodeMs, answer.Timing.QueueMs, answer.Timing.InferMs));
        Assert.Single((await session.Client.PredictAsync(session.Org, "shop", "a rose"u8.ToArray(), 1, Cancel)).Classes);
    }

    [Fact]
    public async Task Bytes_a_form_and_base64_are_the_same_picture()
    {
        var session = await LiveAsync();
        hosted.Predictor.Answers["the picture"] = _ => FakePredictor.Problem(422, new("seen", "This very picture."));
        var bytes = "the picture"u8.ToArray();
        var form = new MultipartFormDataContent
        {
            {
                new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("image/jpeg") } },
                "file",
                "rose.jpg"
            },
        };
        foreach (
            var content in new HttpContent[]
            {
                new ByteArrayContent(bytes),
                form,
                Json($$"""{"image":"{{Convert.ToBase64String(bytes)}}"}"""),
            }
        )
            Assert.Equal("seen", await (await PostAsync(session, content)).CodeAsync(HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task What_holds_no_picture_is_refused_with_a_word_on_how_to_send_one()
    {
        var session = await LiveAsync();
        Assert.Equal(
            "image_empty",
            await (await PostAsync(session, new ByteArrayContent([]))).CodeAsync(HttpStatusCode.UnprocessableEntity)
        );
        Assert.Equal(
            "file_missing",
            await (await PostAsync(session, new MultipartFormDataContent { { new StringContent("x"), "picture" } })).CodeAsync(
                HttpStatusCode.UnprocessableEntity
            )
        );
        foreach (var broken in (string[])["{", "null", "{}", "{\"image\":null}", "{\"image\":5}", "{\"image\":\"not base64!\"}"])
            Assert.Equal("malformed_request", await (await PostAsync(session, Json(broken))).CodeAsync(HttpStatusCode.BadRequest));
        foreach (var type in (string[])["multipart/form-data", "multipart/form-data; boundary=x"])
        {
            var form = new ByteArrayContent("no form"u8.ToArray());
            form.Headers.TryAddWithoutValidation("Content-Type", type);
            Assert.Equal("malformed_request", await (await PostAsync(session, form)).CodeAsync(HttpStatusCode.BadRequest));
        }
        foreach (var top in (string[])["0", "1001"])
            Assert.Equal(
                "invalid_top",
                await (await PostAsync(session, new ByteArrayContent([1]), "?top=" + top)).CodeAsync(HttpStatusCode.UnprocessableEntity)
            );
        Assert.Equal(
            "malformed_request",
            await (await PostAsync(session, new ByteArrayContent([1]), "?top=many")).CodeAsync(HttpStatusCode.BadRequest)
        );
    }

    [Fact]
    public async Task Too_large_a_picture_is_refused_and_the_limit_is_named()
    {
        var session = await LiveAsync();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(session, new ByteArrayContent(new byte[20 << 20]))).StatusCode);
        Assert.Equal(
            "image_too_large",
            await (await PostAsync(session, new ByteArrayContent(new byte[(20 << 20) + 1]))).CodeAsync(HttpStatusCode.RequestEntityTooLarge)
        );
    }

    [Theory]
    [InlineData(422, "unsupported_image", HttpStatusCode.UnprocessableEntity, false)]
    [InlineData(413, "image_too_large", HttpStatusCode.RequestEntityTooLarge, false)]
    [InlineData(429, "queue_full", HttpStatusCode.TooManyRequests, true)]
    [InlineData(429, "too_many_predictions", HttpStatusCode.TooManyRequests, true)]
    [InlineData(503, "queue_timeout", HttpStatusCode.ServiceUnavailable, true)]
    public async Task The_predictors_refusal_passes_through(int status, string code, HttpStatusCode expected, bool retry)
    {
        var session = await LiveAsync();
        hosted.Predictor.Answers[code] = http =>
        {
            if (retry)
                http.Response.Headers.RetryAfter = "7";
            return FakePredictor.Problem(status, new(code, "So it is."));
        };
        var response = await PostAsync(session, new StringContent(code));
        Assert.Equal(code, await response.CodeAsync(expected));
        Assert.Equal(retry ? TimeSpan.FromSeconds(7) : null, response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task The_limit_of_the_plan_goes_with_the_picture()
    {
        var session = await LiveAsync();
        hosted.Predictor.Answers["how many"] = http =>
            FakePredictor.Problem(422, new("seen", http.Request.Headers[PredictorRoutes.Limit]!));
        using var response = await PostAsync(session, new StringContent("how many"));
        var limit = Plan.Seed.Single(plan => plan.Code == Plan.Trial).MaxConcurrentPredictions;
        Assert.Contains($"\"detail\":\"{limit}\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_with_as_many_predictions_as_the_plan_allows_is_refused_and_others_are_not()
    {
        var (flood, guest) = (await LiveAsync(), await LiveAsync());
        using var go = new SemaphoreSlim(0);
        using var inside = new CountdownEvent(64);
        hosted.Predictor.Waits["wait"] = async () =>
        {
            inside.Signal();
            await go.WaitAsync(Cancel);
        };
        var waiting = Enumerable.Range(0, 64).Select(_ => PostAsync(flood, new StringContent("wait"))).ToList();
        await Task.Run(() => inside.Wait(Cancel), Cancel);

        var refused = await PostAsync(flood, new StringContent("one more"));

        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal("too_many_predictions", await refused.CodeAsync(HttpStatusCode.TooManyRequests));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(guest, new StringContent("a rose"))).StatusCode);
        go.Release(64);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(flood, new StringContent("again"))).StatusCode);
    }

    [Fact]
    public async Task A_predictor_failure_returns_503_with_Retry_After()
    {
        var session = await LiveAsync();
        hosted.Predictor.Answers["the end"] = http =>
        {
            http.Abort();
            return Results.Empty;
        };
        var response = await PostAsync(session, new StringContent("the end"));
        Assert.Equal("predictor_unavailable", await response.CodeAsync(HttpStatusCode.ServiceUnavailable));
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task An_unknown_deployment_and_another_organisations_are_not_found()
    {
        var session = await LiveAsync();
        var me = await _app.RegisterAsync();
        Assert.Equal(
            "not_found",
            await (await PostAsync(session, new ByteArrayContent([1]), name: "other")).CodeAsync(HttpStatusCode.NotFound)
        );
        Assert.Equal("not_found", await (await PostAsync(me, new ByteArrayContent([1]))).CodeAsync(HttpStatusCode.NotFound));
    }

    [Fact]
    public async Task A_key_with_the_scope_predict_may_do_this_and_nothing_else()
    {
        var session = await LiveAsync();
        var http = _app.HttpWith(
            (await session.Client.CreateKeyAsync(session.Org, new() { Name = "shop", Scopes = [Scopes.Predict] }, Cancel)).Key
        );
        var answer = await http.PostAsync(session.At("deployments/shop/predict"), new ByteArrayContent([1]), Cancel);
        Assert.Equal("rose", (await answer.Content.ReadFromJsonAsync<PredictionResponse>(Cancel))!.Label);
        Assert.Equal(
            "scope_missing",
            await (await http.GetAsync(session.At("deployments/shop"), Cancel)).CodeAsync(HttpStatusCode.Forbidden)
        );
    }
}
