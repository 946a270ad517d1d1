using System.Net;
using System.Net.Http.Json;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;

namespace GpuGeek.Web.Tests.Components;

/// <summary>Responds to the calls of a rendered component, and records them.</summary>
internal sealed class FakeApi : HttpMessageHandler
{
    public static readonly Guid Me = Guid.Parse("00000000-0000-0000-0000-0000000000a1");
    private readonly Dictionary<string, Func<HttpResponseMessage>> _answers = [];

    /// <summary>As <c>GET orgs/acme/runs</c>, in order.</summary>
    public List<string> Calls { get; } = [];

    private readonly Dictionary<string, string> _sent = [];
    private readonly Dictionary<string, Task> _held = [];
    private readonly Dictionary<string, System.Net.Http.Headers.HttpRequestHeaders> _headers = [];
    private readonly Dictionary<string, string> _queries = [];

    /// <summary>The body of the last such call.</summary>
    public string Sent(string call) => _sent[call];

    /// <summary>A list returns an empty page by default.</summary>
    /// <param name="tag">Its entity tag, with quotes.</param>
    public FakeApi Answer(string call, object body, string? tag = null)
    {
        _answers[call] = () =>
        {
            var answer = Json(HttpStatusCode.OK, body);
            answer.Headers.ETag = tag is null ? null : new(tag);
            return answer;
        };
        return this;
    }

    /// <summary>The query of the last such call, with its question mark.</summary>
    public string Query(string call) => _queries[call];

    /// <summary>A header of the last such call; null: it had none.</summary>
    public string? Header(string call, string name) => _headers[call].TryGetValues(name, out var values) ? values.Single() : null;

    /// <summary>Such a call is answered when the task has ended.</summary>
    public FakeApi Hold(string call, Task until)
    {
        _held[call] = until;
        return this;
    }

    public FakeApi Refuse(string call, HttpStatusCode status, string code, string detail)
    {
        _answers[call] = () => Json(status, new ApiProblem(null, "Refused", (int)status, detail, code, "A hint.", "r1", null));
        return this;
    }

    public FakeApi Person(string role, bool isOperator = false, string org = "acme") =>
        Answer(
            "GET account/me",
            new MeResponse(new(Me, "ada@example.org", "Ada", isOperator), [new(org, "Acme", role)], false, false, false)
        );

    public GpuGeekClient Client() => new(new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://api.invalid/") });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var call = $"{request.Method} {request.RequestUri!.AbsolutePath.Replace("/api/v1/", "", StringComparison.Ordinal)}";
        Calls.Add(call);
        _headers[call] = request.Headers;
        _queries[call] = request.RequestUri.Query;
        if (request.Content is { } content)
            _sent[call] = await content.ReadAsStringAsync(cancellationToken);
        if (_held.TryGetValue(call, out var until))
            await until.WaitAsync(cancellationToken);
        return _answers.TryGetValue(call, out var answer) ? answer() : Json(HttpStatusCode.OK, new Page<object>([], null));
    }

    private static HttpResponseMessage Json(HttpStatusCode status, object body) =>
        new(status) { Content = JsonContent.Create(body, body.GetType(), options: GpuGeekClient.Json) };
}
