using GpuGeek.Training.Engine;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class TheNumbersOfAStep
{
    private readonly Clock _clock = new();

    private static void Write(StepRecord record, long step, double loss)
    {
        using var numbers = tensor(new[] { loss, 0.5 }, device: CPU);
        record.Write(step, numbers);
    }

    [Fact]
    public void Are_read_in_each_step_on_the_CPU()
    {
        using var record = new StepRecord(CPU, _clock);
        Assert.True(record.ReadsEveryStep);
    }

    [Fact]
    public void Are_read_once_a_second_from_another_device_and_none_is_lost()
    {
        using var record = new StepRecord(CPU, _clock, readsEveryStep: false);
        Assert.False(record.IsDue);
        foreach (var (milliseconds, due) in new[] { (600, false), (399, false), (1, true) })
        {
            _clock.Milliseconds += milliseconds;
            Write(record, _clock.Milliseconds, milliseconds);
            Assert.Equal(due, record.IsDue);
        }
        Assert.Equal([new(605, 600, 0.5), new(1004, 399, 0.5), new(1005, 1, 0.5)], record.Take());
        Assert.Empty(record.Take());
        Assert.False(record.IsDue);
    }

    [Fact]
    public void Are_read_when_there_is_no_room_for_more()
    {
        using var record = new StepRecord(CPU, _clock, readsEveryStep: false);
        for (var step = 1; step <= StepRecord.Capacity; step++)
        {
            Assert.False(record.IsDue);
            Write(record, step, step);
        }
        Assert.True(record.IsDue);
        Assert.Equal(StepRecord.Capacity, record.Take()[^1].Loss);
        Write(record, 1, double.NaN);
        Assert.Equal(double.NaN, Assert.Single(record.Take()).Loss);
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; } = 5;
        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
