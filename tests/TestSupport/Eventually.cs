using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace GpuGeek.TestSupport;

/// <summary>
/// The one way in which a test waits for something that has no event: look again until it holds, and say what was seen last if it
/// never does.
/// </summary>
public static class Eventually
{
    /// <summary>Far beyond what a busy machine needs: the limit ends a hopeless wait, it is never a measurement.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>For what waits until something was trained.</summary>
    public static readonly TimeSpan TrainingLimit = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true, ReferenceHandler = ReferenceHandler.IgnoreCycles };

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    /// <summary>Looks until the state satisfies the condition.</summary>
    /// <param name="look">
    /// Reads the state. What it throws ends the wait, so an assertion inside it ends a wait that cannot succeed any more.
    /// </param>
    /// <param name="holds">The condition on the state.</param>
    /// <param name="within">How long to look; null: <see cref="Limit"/>.</param>
    /// <param name="expected">The condition in words; without it, its source text.</param>
    /// <returns>The state that satisfied the condition.</returns>
    /// <exception cref="NeverHeldException">It did not hold in time. The message has the last state.</exception>
    [OverloadResolutionPriority(1)]
    public static async Task<T> HoldsAsync<T>(
        Func<Task<T>> look,
        Func<T, bool> holds,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(holds))] string expected = ""
    )
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var state = await look();
            if (holds(state))
                return state;
            var waited = Stopwatch.GetElapsedTime(started);
            if (waited > (within ?? Limit) || Cancel.IsCancellationRequested)
                throw new NeverHeldException(expected, waited, Describe(state));
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    /// <inheritdoc cref="HoldsAsync{T}(Func{Task{T}}, Func{T, bool}, TimeSpan?, string)"/>
    public static Task<T> HoldsAsync<T>(
        Func<T> look,
        Func<T, bool> holds,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(holds))] string expected = ""
    ) => HoldsAsync(() => Task.FromResult(look()), holds, within, expected);

    private static string Describe(object? state) =>
        state switch
        {
            null => "null",
            string text => text,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            IEnumerable many => Serialize(many.Cast<object?>().Take(20)),
            _ => Serialize(state),
        };

    private static string Serialize(object state)
    {
        try
        {
            return JsonSerializer.Serialize(state, Json);
        }
        catch (Exception noJson) when (noJson is NotSupportedException or InvalidOperationException)
        {
            // What cannot be written as JSON, such as an open answer, says itself what it is. The test fails by what it waited for.
            return state.ToString() ?? state.GetType().Name;
        }
    }
}

/// <summary>A condition that a test waited for did not hold in time.</summary>
public sealed class NeverHeldException(string expected, TimeSpan waited, string lastState)
    : Exception(
        string.Create(CultureInfo.InvariantCulture, $"Waited {waited.TotalSeconds:0.#} s for: {expected}\nLast state: {lastState}")
    );
