using GpuGeek.Domain.Deployments;

namespace GpuGeek.Api.Features.Deployments;

/// <summary>Marks the endpoint whose requests <see cref="PredictionGate"/> counts.</summary>
internal sealed class CountsPredictions;

/// <summary>
/// Refuses the predictions of a flooding token before the token is looked up, the picture read and Predictor asked. It only ever refuses:
/// if one token alone has as many predictions under way in this process as its organisation's plan allows, Predictor would refuse one more.
/// Predictor counts exactly, over all tokens and all Apis.
/// </summary>
internal sealed class PredictionGate
{
    private sealed class Sender
    {
        public int Active;
        public int Limit = int.MaxValue;
    }

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sender> _senders = new(StringComparer.Ordinal);

    /// <summary>Tells the limit of the request's organisation. It holds while the token has predictions under way.</summary>
    public void Learn(HttpRequest request, int limit)
    {
        lock (_gate)
            if (_senders.TryGetValue(Token(request), out var sender))
                sender.Limit = limit;
    }

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var token = Token(http.Request);
        if (token.Length == 0 || http.GetEndpoint()?.Metadata.GetMetadata<CountsPredictions>() is null)
        {
            await next(http);
            return;
        }
        if (Enter(token) is { } limit)
        {
            http.Response.Headers.RetryAfter = "1";
            await PredictEndpoint.TooMany(PredictorProblem.TooMany(limit)).ExecuteAsync(http);
            return;
        }
        try
        {
            await next(http);
        }
        finally
        {
            Leave(token);
        }
    }

    private static string Token(HttpRequest request) => request.Headers.Authorization.ToString();

    /// <returns>The limit that is reached; null: the request is counted.</returns>
    private int? Enter(string token)
    {
        lock (_gate)
        {
            if (!_senders.TryGetValue(token, out var sender))
                _senders[token] = sender = new();
            if (sender.Active >= sender.Limit)
                return sender.Limit;
            sender.Active++;
            return null;
        }
    }

    private void Leave(string token)
    {
        lock (_gate)
            if (--_senders[token].Active == 0)
                _senders.Remove(token);
    }
}
