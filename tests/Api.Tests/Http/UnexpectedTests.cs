using GpuGeek.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace GpuGeek.Api.Tests.Http;

public sealed class WhatNobodyExpected
{
    private static async Task<(int Status, List<(LogLevel Level, string Text, Exception? Failure)> Log)> AnswerAsync(Exception failure)
    {
        var log = new Kept();
        var http = new DefaultHttpContext
        {
            TraceIdentifier = "the-request",
            RequestServices = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider(),
        };
        http.Response.Body = new MemoryStream();
        Assert.True(await new ExceptionToProblem(log).TryHandleAsync(http, failure, ApiApplication.Cancel));
        return (http.Response.StatusCode, log.Lines);
    }

    [Fact]
    public async Task Is_answered_without_the_inside_and_logged_with_it()
    {
        var failure = new InvalidOperationException("the inside");
        var (status, log) = await AnswerAsync(failure);
        Assert.Equal(500, status);
        var line = Assert.Single(log);
        Assert.Equal((LogLevel.Error, failure), (line.Level, line.Failure));
        Assert.Contains("the-request", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_database_that_gave_up_is_worth_another_try_however_it_is_wrapped()
    {
        var deadlock = new PostgresException("deadlock detected", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected);
        foreach (
            var failure in (Exception[])
                [
                    deadlock,
                    new DbUpdateException("saving", deadlock),
                    new InvalidOperationException("transient", new DbUpdateException("saving", deadlock)),
                ]
        )
        {
            var (status, log) = await AnswerAsync(failure);
            Assert.Equal((503, LogLevel.Warning), (status, Assert.Single(log).Level));
        }
    }

    /// <summary>Before, only the innermost exception was checked, which is the socket's or the stream's: 500.</summary>
    [Fact]
    public async Task Of_a_database_that_hangs_or_broke_off_is_no_fault_of_ours()
    {
        var broken = new NpgsqlException("reading from stream", new EndOfStreamException());
        var hung = new NpgsqlException("reading from stream", new TimeoutException());
        foreach (
            var failure in (Exception[])
                [
                    broken,
                    hung,
                    new InvalidOperationException("transient", hung),
                    new InvalidOperationException("transient", new DbUpdateException("saving", broken)),
                ]
        )
            Assert.Equal(503, (await AnswerAsync(failure)).Status);
        Assert.Equal(500, (await AnswerAsync(new TaskCanceledException("another client's limit", new TimeoutException()))).Status);
    }

    private sealed class Kept : ILogger<ExceptionToProblem>
    {
        public List<(LogLevel Level, string Text, Exception? Failure)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Add((logLevel, formatter(state, exception), exception));
    }
}
