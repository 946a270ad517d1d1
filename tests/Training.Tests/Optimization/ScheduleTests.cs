using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Optimization;
using GpuGeek.Training.Tests.Peers;

namespace GpuGeek.Training.Tests.Optimization;

public sealed class TheRate(TorchvisionPeer peer)
{
    private const int PerEpoch = 10;

    private static WarmedUp Over(int steps, double warmup, Func<Moment, double> curve, double peak = 0.1) =>
        new(peak, steps, PerEpoch, warmup, curve);

    [Fact]
    public void Rises_to_the_peak_and_falls_to_nothing()
    {
        var schedule = Over(100, 0.1, Curves.Cosine);
        Assert.Equal(0.01, schedule.RateAt(1), 9);
        Assert.Equal(0.1, schedule.RateAt(10), 9);
        Assert.Equal(0.05, schedule.RateAt(56), 2);
        Assert.InRange(schedule.RateAt(100), 0, 1e-4);
        Assert.All(Enumerable.Range(11, 89), step => Assert.True(schedule.RateAt(step + 1) < schedule.RateAt(step)));
    }

    [Fact]
    public void Needs_no_warm_up() => Assert.Equal(0.1, Over(3, 0, Curves.Cosine).RateAt(1), 9);

    [Fact]
    public void Stays_at_the_peak_if_it_is_constant() =>
        Assert.All(Enumerable.Range(11, 90), step => Assert.Equal(0.1, Over(100, 0.1, Curves.Constant).RateAt(step)));

    [Fact]
    public void Falls_along_a_cosine_as_PyTorchs() => AssertEqual(Over(50, 0, Curves.Cosine), 50, "CosineAnnealingLR", new { T_max = 50 });

    [Fact]
    public void Restarts_as_PyTorchs() => AssertEqual(Over(60, 0, Curves.Restarts(3)), 60, "CosineAnnealingWarmRestarts", new { T_0 = 20 });

    [Fact]
    public void Falls_by_a_power_as_PyTorchs() =>
        AssertEqual(Over(50, 0, Curves.Polynomial(0.9)), 50, "PolynomialLR", new { total_iters = 50, power = 0.9 });

    [Fact]
    public void Rises_and_falls_in_one_cycle_as_PyTorchs() =>
        AssertEqual(
            new OneCycle(0.1, 50, 0.3),
            50,
            "OneCycleLR",
            new
            {
                max_lr = 0.1,
                total_steps = 50,
                pct_start = 0.3,
                cycle_momentum = false,
            }
        );

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void In_one_cycle_is_a_number_for_any_rising_part(int rising) =>
        Assert.All(Enumerable.Range(1, 50), step => Assert.InRange(new OneCycle(0.1, 50, rising / 50.0).RateAt(step), 0, 0.1));

    // PyTorch's are called once an epoch.
    [Fact]
    public void Falls_by_a_factor_at_epochs_as_PyTorchs()
    {
        AssertEqual(EveryEpoch(Curves.Steps(0.5, 3)), 12, "StepLR", new { step_size = 3, gamma = 0.5 });
        AssertEqual(EveryEpoch(Curves.Steps(0.9, 1)), 12, "ExponentialLR", new { gamma = 0.9 });
        AssertEqual(EveryEpoch(Curves.Milestones(0.1, [2, 7])), 12, "MultiStepLR", new { milestones = new[] { 2, 7 }, gamma = 0.1 });
    }

    [Fact]
    public void Falls_when_validation_does_not_improve_as_PyTorchs()
    {
        double[] losses = [1, 0.9, 0.95, 0.91, 0.92, 0.8, 0.8, 0.8, 0.79999, 0.8, 0.7, 0.9];
        var expected = Peer(losses.Length, "ReduceLROnPlateau", new { factor = 0.5, patience = 2 }, losses);
        var plateau = NewPlateau();
        for (var epoch = 0; epoch < losses.Length; epoch++)
        {
            Assert.Equal(expected[epoch], plateau.RateAt(1), 12);
            plateau.Observe(losses[epoch]);
            // What a checkpoint keeps goes on in the same way.
            var resumed = NewPlateau();
            resumed.Load(plateau.Save(new(new(), plateau.Name)).ToDictionary(t => t.Name, StringComparer.Ordinal));
            plateau = resumed;
        }
        Assert.Throws<InvalidDataException>(() => plateau.Load(new Dictionary<string, NamedTensor>()));
    }

    private static Plateau NewPlateau() => new(Over(12, 0, Curves.Constant), 0.5, 2);

    private static EpochRates EveryEpoch(Func<Moment, double> curve) => new(Over(12 * PerEpoch, 0, curve));

    private void AssertEqual(ISchedule ours, int steps, string schedule, object options)
    {
        var expected = Peer(steps, schedule, options, []);
        for (var step = 0; step < steps; step++)
            Assert.Equal(expected[step], ours.RateAt(step + 1), 12);
    }

    private double[] Peer(int steps, string schedule, object options, double[] losses) =>
        peer.Rates(
            new
            {
                op = "rates",
                rate = 0.1,
                steps,
                schedule,
                options,
                losses,
            }
        );

    /// <summary>The rate of the first step of each epoch, which is that of all of its steps.</summary>
    private sealed record EpochRates(ISchedule Steps) : ISchedule
    {
        public double RateAt(long step)
        {
            var first = (step - 1) * PerEpoch + 1;
            Assert.Equal(Steps.RateAt(first), Steps.RateAt(first + PerEpoch - 1));
            return Steps.RateAt(first);
        }
    }
}
