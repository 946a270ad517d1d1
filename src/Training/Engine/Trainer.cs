using System.Runtime.InteropServices;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Common;
using GpuGeek.Training.Examples;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The loop: steps, a validation after each epoch, checkpoints; what it does in each is the method's. Called on one thread and never
/// awaits (TorchSharp's scopes are per thread). Everything random is a function of (seed, step) or (seed, epoch, picture), so a run that
/// was cut anywhere and resumed ends with the same bits on the same processor with the same number of threads.
/// </summary>
internal sealed class Trainer(
    TrainerOptions options,
    TrainingMethod method,
    GraphModule module,
    IExampleSource source,
    BestState best,
    Ingredients ingredients,
    TrainingCheckpoints checkpoints,
    StepRecord record,
    EventLog events,
    TimeProvider clock,
    CancellationToken stop
)
{
    private const int ReportSeconds = 2,
        ReadingSeconds = 10;

    // Pictures of the steps whose numbers nobody has read yet.
    private readonly Dictionary<long, int[]?> _unread = [];
    private TrainingStep? _step;
    private TrainingProgress _progress = new() { Environment = options.Environment, Fingerprint = options.Fingerprint };
    private long _started,
        _lastReport,
        _lastReading;
    private double _secondsBefore;
    private long _stepAtStart;

    private double Epoch => (double)_progress.Step / method.StepsPerEpoch;
    private double SecondsSpent => _secondsBefore + clock.GetElapsedTime(_started).TotalSeconds;

    /// <exception cref="TrainingStoppedException">After a checkpoint was written.</exception>
    /// <exception cref="TrainingFailedException"><c>diverged</c>: no checkpoint was written since.</exception>
    public TrainerOutcome Run()
    {
        var resumed = checkpoints.Resume(method.TotalSteps);
        _progress = (resumed ?? _progress) with { Precision = options.PrecisionAfter(resumed?.Precision) };
        Start();
        // Where a step may find the device full, there is a state to go back to.
        if (resumed is null && !record.ReadsEveryStep)
            KeepForSure();
        while (!method.Stopping.IsOver(_progress))
        {
            try
            {
                TrainEpoch();
                Validate();
            }
            catch (ExternalException full) when (DeviceFull.Is(full))
            {
                GoBackWithLess();
                continue;
            }
            if (method.Stopping.IsOver(_progress) || checkpoints.IsDueAfterAnEpoch)
                Keep();
        }
        checkpoints.Finish();
        return new TrainerOutcome(best.Network!, _progress.BestEpoch, SecondsSpent, _progress.AllEnvironments);
    }

    private void Start()
    {
        _started = clock.GetTimestamp();
        (_secondsBefore, _stepAtStart) = (_progress.SecondsSpent, _progress.Step);
        _step = new(method, module, source.TrainingShape, record, source.TrainingFrom);
        _step.MicroBatch = _progress.MicroBatch ?? method.MicroBatch;
    }

    /// <summary>The step that found the device full may have changed statistics: the training goes on from the last checkpoint, with half
    /// as many pictures at once.</summary>
    private void GoBackWithLess()
    {
        var less = DeviceFull.Half(_step!.MicroBatch, source.PerEpoch);
        var at = _progress.Step + 1;
        _ = record.Take();
        _unread.Clear();
        checkpoints.Finish();
        if (less < 2 || checkpoints.Resume(method.TotalSteps) is not { } resumed)
            throw DeviceFull.Refusal(at, _step.MicroBatch);
        Console.WriteLine(
            $"Warning: the memory was full at step {at}: the training goes on from step {resumed.Step} with {less} pictures at once. "
                + "Batches stay as large as they are."
        );
        _progress = resumed with { MicroBatch = less };
        Start();
        KeepForSure();
    }

    private void TrainEpoch()
    {
        var done = (int)(_progress.Step - (long)_progress.Epochs * method.StepsPerEpoch);
        if (done == method.StepsPerEpoch)
            return;
        module.RequireGradients(method.Layers.ModesIn(_progress.Epochs));
        var began = clock.GetTimestamp();
        long pictures = 0;
        foreach (var batch in source.TrainingBatches(_progress.Epochs, done))
        {
            Step(batch);
            pictures += batch.Labels.Length;
            AfterStep();
        }
        events.Metric(MetricNames.ImagesPerSecond, _progress.Step, Epoch, pictures / clock.GetElapsedTime(began).TotalSeconds);
        events.Metric(MetricNames.MemoryBytes, _progress.Step, Epoch, Environment.WorkingSet);
    }

    private void Step(Batch batch)
    {
        var step = _progress.Step + 1;
        var numbers = _step!.Run(batch, step, _progress.Precision);
        _unread[step] = batch.Samples;
        if (numbers is { } read)
            Tell(read);
        _progress = _progress with { Step = step };
        if (record.IsDue)
            TellAll();
    }

    private void TellAll()
    {
        foreach (var numbers in record.Take())
            Tell(numbers);
    }

    private void Tell(StepNumbers numbers)
    {
        _unread.Remove(numbers.Step, out var samples);
        if (!double.IsFinite(numbers.Loss))
            throw Diverged(numbers.Step, samples);
        var epoch = (double)numbers.Step / method.StepsPerEpoch;
        events.Metric(MetricNames.TrainLoss, numbers.Step, epoch, numbers.Loss);
        events.Metric(MetricNames.TrainAccuracy, numbers.Step, epoch, numbers.Accuracy);
        events.Metric(MetricNames.LearningRate, numbers.Step, epoch, method.Schedule.RateAt(numbers.Step));
    }

    private void AfterStep()
    {
        if (stop.IsCancellationRequested)
        {
            KeepForSure();
            throw new TrainingStoppedException();
        }
        if (checkpoints.IsDue)
            Keep();
        if (_lastReport != 0 && clock.GetElapsedTime(_lastReport).TotalSeconds < ReportSeconds)
            return;
        _lastReport = clock.GetTimestamp();
        Report();
    }

    private void Report()
    {
        ReportDevice();
        var share = (double)_progress.Step / method.TotalSteps;
        var perStep = clock.GetElapsedTime(_started).TotalSeconds / Math.Max(1, _progress.Step - _stepAtStart);
        var (from, to) = options.ProgressSpan;
        events.Phase("training", from + share * (to - from), Math.Round((method.TotalSteps - _progress.Step) * perStep, 1));
    }

    private void ReportDevice()
    {
        if (_lastReading != 0 && clock.GetElapsedTime(_lastReading).TotalSeconds < ReadingSeconds)
            return;
        _lastReading = clock.GetTimestamp();
        if (options.Reading() is not { } reading)
            return;
        (string Name, double? Value)[] values =
        [
            (MetricNames.GpuUtilization, reading.Utilization),
            (MetricNames.GpuMemoryBytes, reading.MemoryBytes),
            (MetricNames.GpuWatts, reading.Watts),
            (MetricNames.GpuCelsius, reading.Celsius),
        ];
        foreach (var (name, value) in values)
            if (value is { } known)
                events.Metric(name, _progress.Step, Epoch, known);
    }

    private void Validate()
    {
        TellAll();
        var logits = ValidationLogits();
        var loss = logits.NegativeLogLikelihood();
        if (!double.IsFinite(loss))
            throw Diverged(_progress.Step);
        var epoch = _progress.Epochs + 1;
        var correct = logits.Correct;
        if (correct > _progress.BestCorrect)
        {
            using (method.Averaging.Show())
                best.Keep();
            _progress = _progress with { BestCorrect = correct, BestEpoch = epoch };
        }
        if (ingredients.Wants(correct))
            using (method.Averaging.Show())
                ingredients.Keep(epoch, correct);
        _progress = _progress with { Epochs = epoch };
        method.Schedule.Observe(loss);
        events.Metric(MetricNames.ValLoss, _progress.Step, epoch, loss);
        events.Metric(MetricNames.ValAccuracy, _progress.Step, epoch, logits.Accuracy);
        Console.WriteLine(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Epoch {epoch}: validation accuracy {logits.Accuracy:0.0000}, loss {loss:0.0000}."
            )
        );
    }

    private SplitLogits ValidationLogits()
    {
        try
        {
            using var shown = method.Averaging.Show();
            return Evaluation.Run(module, source, Splits.Val, stop);
        }
        catch (TrainingStoppedException)
        {
            KeepForSure();
            throw;
        }
    }

    private void KeepForSure()
    {
        Keep();
        checkpoints.Finish();
    }

    private void Keep()
    {
        TellAll();
        // A gradient can become infinite where the loss is not: the next step would tell, and the checkpoint would be worth nothing.
        if (!module.IsFinite())
            throw Diverged(_progress.Step);
        _progress = _progress with { SecondsSpent = SecondsSpent };
        checkpoints.Begin(_progress, Epoch);
    }

    /// <param name="samples">Of the step, if it shows there.</param>
    private TrainingFailedException Diverged(long step, int[]? samples = null)
    {
        string[] pictures = [.. (samples ?? []).Select(source.NameOf).Distinct()];
        foreach (var picture in pictures)
            Console.WriteLine($"In the batch of step {step}: picture {picture}.");
        return new(
            "diverged",
            "The training diverged",
            $"The loss or a weight became infinite or not a number at step {step}. "
                + (pictures.Length == 0 ? "" : $"The log names the {pictures.Length} pictures of that step. ")
                + (checkpoints.Newest() is { } name ? $"The last good checkpoint is {name}." : "There was no checkpoint yet."),
            "Start again with a lower learning rate or with gradient clipping."
        );
    }
}
