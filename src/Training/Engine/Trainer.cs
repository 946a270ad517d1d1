using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Data;
using GpuGeek.Training.Graphs;
using GpuGeek.Training.Optimization;
using static TorchSharp.torch;

namespace GpuGeek.Training.Engine;

/// <summary>
/// The loop: steps, a validation after each epoch, checkpoints. Called on one thread and never awaits (TorchSharp's scopes are per thread).
/// Everything random is a function
/// of (seed, step) or (seed, epoch, picture), so a run that was cut anywhere and resumed ends with the same bits on the same processor with
/// the same number of threads.
/// </summary>
internal sealed class Trainer(
    TrainerOptions options,
    GraphModule module,
    IExampleSource source,
    EventLog events,
    CheckpointStore store,
    DiskRoom room,
    TimeProvider clock,
    CancellationToken stop
) : IDisposable
{
    private const int ReportSeconds = 2;
    private readonly int _stepsPerEpoch = Math.Max(1, source.Count(Splits.Train) / options.Recipe.Data.BatchSize);
    private readonly ModePlan _plan =
        options.Recipe.Transfer.BackboneRate > 0
            ? ModePlan.Train(module.Graph)
            : ModePlan.FrozenBackbone(module.Graph, options.Recipe.Regularization.Dropout is not null);
    private readonly AdamW _optimizer = new(module, options.Recipe.Optimizer.WeightDecay);
    private TrainingProgress _progress = new() { Threads = options.Threads, Fingerprint = options.Fingerprint };
    private ModuleState? _best;
    private long _started,
        _lastCheckpoint,
        _lastReport;
    private double _secondsBefore;
    private long _stepAtStart;
    private bool _withoutRoom;

    private long TotalSteps => (long)_stepsPerEpoch * options.Recipe.Budget.Epochs;

    /// <summary>The network, the best one so far and two moments of each parameter.</summary>
    private long CheckpointBytes => module.Graph.Parameters.Sum(p => p.Count) * 4 * sizeof(float);
    private double Epoch => (double)_progress.Step / _stepsPerEpoch;
    private double SecondsSpent => _secondsBefore + clock.GetElapsedTime(_started).TotalSeconds;

    /// <exception cref="TrainingStoppedException">After a checkpoint was written.</exception>
    /// <exception cref="TrainingFailedException"><c>diverged</c>.</exception>
    public TrainerOutcome Run()
    {
        Resume();
        _started = _lastCheckpoint = clock.GetTimestamp();
        (_secondsBefore, _stepAtStart) = (_progress.SecondsSpent, _progress.Step);
        while (_progress.Epochs < options.Recipe.Budget.Epochs)
        {
            TrainEpoch();
            Validate();
            Save();
        }
        return new TrainerOutcome(_best!, _progress.BestEpoch, SecondsSpent);
    }

    public void Dispose() => _optimizer.Dispose();

    private void Resume()
    {
        module.RequireGradients(_plan);
        if (store.LoadNewest(options.Fingerprint) is not { } checkpoint)
            return;
        if (checkpoint.Progress.Threads != options.Threads)
            Console.WriteLine(
                $"Resuming with {options.Threads} threads what ran with {checkpoint.Progress.Threads}: the result may differ in the "
                    + "last bits."
            );
        Console.WriteLine($"Resuming at step {checkpoint.Progress.Step} of {TotalSteps}.");
        checkpoint.Network.CopyTo(module);
        Restore(_optimizer.FirstMoment, checkpoint.FirstMoment);
        Restore(_optimizer.SecondMoment, checkpoint.SecondMoment);
        _optimizer.Steps = checkpoint.Progress.Step;
        _best = checkpoint.Best;
        _progress = checkpoint.Progress with { Threads = options.Threads };
    }

    private void TrainEpoch()
    {
        var done = (int)(_progress.Step - (long)_progress.Epochs * _stepsPerEpoch);
        if (done == _stepsPerEpoch)
            return;
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
        var recipe = options.Recipe;
        var rate = new Schedule(recipe.Optimizer.LearningRate, TotalSteps, recipe.Schedule.WarmupFraction).RateAt(step);
        using var scope = NewDisposeScope();
        // Dropout draws from libtorch's one generator: seeded by the step, it draws the same after a resume.
        random.manual_seed((long)(CounterRandom.Keyed(recipe.Data.Seed, step).NextBits() >> 1));
        var labels = tensor(batch.Labels);
        _optimizer.ZeroGradients();
        var logits = module.Forward(Tensors.Of(batch, source.InputShape), _plan);
        var loss = nn.functional.cross_entropy(logits, labels, label_smoothing: recipe.Loss.LabelSmoothing);
        loss.backward();
        var value = loss.item<float>();
        if (!float.IsFinite(value))
            throw Diverged(step);
        if (recipe.Optimizer.ClipNorm is { } norm)
            GradientClipping.Apply(module.FlatGradient, norm);
        _optimizer.Step(new StepRates(rate, recipe.Transfer.BackboneRate));
        _progress = _progress with { Step = step };
        events.Metric(MetricNames.TrainLoss, step, Epoch, value);
        events.Metric(MetricNames.TrainAccuracy, step, Epoch, logits.argmax(1).eq(labels).to(ScalarType.Float32).mean().item<float>());
        events.Metric(MetricNames.LearningRate, step, Epoch, rate);
    }

    private void AfterStep()
    {
        if (stop.IsCancellationRequested)
        {
            Save();
            throw new TrainingStoppedException();
        }
        if (clock.GetElapsedTime(_lastCheckpoint) >= options.CheckpointEvery)
            Save();
        if (_lastReport != 0 && clock.GetElapsedTime(_lastReport).TotalSeconds < ReportSeconds)
            return;
        _lastReport = clock.GetTimestamp();
        Report();
    }

    private void Report()
    {
        var share = (double)_progress.Step / TotalSteps;
        var perStep = clock.GetElapsedTime(_started).TotalSeconds / Math.Max(1, _progress.Step - _stepAtStart);
        var (from, to) = options.ProgressSpan;
        events.Phase("training", from + share * (to - from), Math.Round((TotalSteps - _progress.Step) * perStep, 1));
    }

    private void Validate()
    {
        SplitLogits logits;
        try
        {
            logits = Evaluation.Run(module, source, Splits.Validation, stop);
        }
        catch (TrainingStoppedException)
        {
            Save();
            throw;
        }
        var loss = logits.NegativeLogLikelihood();
        if (!double.IsFinite(loss))
            throw Diverged(_progress.Step);
        var epoch = _progress.Epochs + 1;
        var correct = logits.Correct;
        if (correct > _progress.BestCorrect)
        {
            _best = ModuleState.Of(module);
            _progress = _progress with { BestCorrect = correct, BestEpoch = epoch };
        }
        _progress = _progress with { Epochs = epoch };
        events.Metric(MetricNames.ValLoss, _progress.Step, epoch, loss);
        events.Metric(MetricNames.ValAccuracy, _progress.Step, epoch, logits.Accuracy);
        Console.WriteLine(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Epoch {epoch}: validation accuracy {logits.Accuracy:0.0000}, loss {loss:0.0000}."
            )
        );
    }

    private void Save()
    {
        _progress = _progress with { SecondsSpent = SecondsSpent };
        // Also one that found no room: the next is tried in its turn.
        _lastCheckpoint = clock.GetTimestamp();
        if (room.TryWrite(CheckpointBytes, Write))
            _withoutRoom = false;
        else if (!_withoutRoom)
        {
            Console.WriteLine("Warning: the disk is full, so no checkpoint is written. The training goes on without.");
            _withoutRoom = true;
        }

        void Write()
        {
            var (name, files) = store.Save(module, _optimizer, _best, _progress);
            events.Checkpoint(name, _progress.Step, Epoch, files);
        }
    }

    private static void Restore(Tensor target, float[] values)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        target.copy_(tensor(values));
    }

    private static TrainingFailedException Diverged(long step) =>
        new(
            "diverged",
            "The training diverged",
            $"The loss became infinite or not a number at step {step}.",
            "Start again with a lower learning rate."
        );
}
