using GpuGeek.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuGeek.Training.Tests.Engine;

public sealed class TheNumbersOfAStep
{
    private readonly Clock _clock = new();

    [Fact]
    public void Are_read_at_every_step_on_the_CPU()
    {
        var readBack = new ReadBack(CPU, _clock);
        Assert.All(Enumerable.Range(0, 5), _ => Assert.True(readBack.IsDue()));
    }

    [Fact]
    public void Are_read_once_a_second_from_another_device()
    {
        var readBack = new ReadBack(new Device(DeviceType.CUDA), _clock);
        Assert.True(readBack.IsDue());
        foreach (var (milliseconds, due) in new[] { (999, false), (1, true), (500, false), (600, true), (10, false) })
        {
            _clock.Milliseconds += milliseconds;
            Assert.Equal(due, readBack.IsDue());
        }
    }

    private sealed class Clock : TimeProvider
    {
        public long Milliseconds { get; set; } = 5;
        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
