namespace GpuGeek.Contracts.Models;

/// <summary>What thresholds do: predictions whose highest probability is below the threshold are left to a person.</summary>
/// <param name="Basis">What <c>validation</c> is about. <c>validation</c>: the run's validation pictures, from which it has not learned.
/// <c>folds</c>: its training and validation pictures, each predicted by a classifier that has not seen it, since the run learned from all
/// of them (<c>transfer.refit</c>). <c>learned</c>: its validation pictures, from which it has learned: too good. <c>none</c>: nothing; for
/// a model of an earlier version, <c>POST …/evaluations</c> with the run's dataset version and the split <c>val</c> makes it.</param>
/// <param name="Validation">By rising threshold: 0.00 to 0.99.</param>
/// <param name="Test">What the same thresholds do on the test pictures.</param>
public sealed record ThresholdsResponse(string Basis, IReadOnlyList<ThresholdResponse> Validation, IReadOnlyList<ThresholdResponse> Test);

/// <param name="Coverage">Share of the pictures that are answered.</param>
/// <param name="Precision">Share of right answers among those. Null: none is answered.</param>
/// <param name="Recall">Share of all pictures that are answered right.</param>
public sealed record ThresholdResponse(double Threshold, double Coverage, double? Precision, double Recall);
