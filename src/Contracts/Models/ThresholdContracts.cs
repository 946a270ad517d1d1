namespace GpuGeek.Contracts.Models;

/// <summary>What thresholds do: predictions whose highest probability is below the threshold are left to a person.</summary>
/// <param name="Evaluation">The evaluation of the run's validation pictures on which a threshold is chosen. Null: there is none yet, and
/// <c>validation</c> is empty. <c>POST …/evaluations</c> with the run's dataset version and the split <c>val</c> makes it.</param>
/// <param name="LearnedFromValidation">The run trained on its validation pictures too (<c>transfer.refit</c>), so <c>validation</c> is too
/// good.</param>
/// <param name="Validation">By rising threshold: 0.00 to 0.99.</param>
/// <param name="Test">What the same thresholds do on the test pictures.</param>
public sealed record ThresholdsResponse(
    Guid? Evaluation,
    bool LearnedFromValidation,
    IReadOnlyList<ThresholdResponse> Validation,
    IReadOnlyList<ThresholdResponse> Test
);

/// <param name="Coverage">Share of the pictures that are answered.</param>
/// <param name="Precision">Share of right answers among those. Null: none is answered.</param>
/// <param name="Recall">Share of all pictures that are answered right.</param>
public sealed record ThresholdResponse(double Threshold, double Coverage, double? Precision, double Recall);
