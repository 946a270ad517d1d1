using GpuGeek.Contracts.Runs;

namespace GpuGeek.Contracts.Models;

/// <summary>Figures of a model version on its test pictures, or on those of another evaluation.</summary>
/// <param name="Pictures">Pictures that are scored.</param>
/// <param name="Top">Share of pictures whose class is among the first <c>k</c> predictions.</param>
/// <param name="Macro">Averages in which each class counts the same.</param>
/// <param name="Weighted">Averages in which each class counts by its pictures.</param>
/// <param name="Before">Without the temperature.</param>
/// <param name="After">As the model is served.</param>
/// <param name="Confused">The classes that are taken for each other most, at most 20.</param>
/// <param name="Previous">Null: there is no other version, or it was not tested on any of these pictures.</param>
/// <param name="Confusion">Pictures by [true class][predicted class].</param>
public sealed record EvaluationFiguresResponse(
    int Pictures,
    IReadOnlyList<TopAccuracyResponse> Top,
    ClassMeanResponse Macro,
    ClassMeanResponse Weighted,
    CalibrationFiguresResponse Before,
    CalibrationFiguresResponse After,
    IReadOnlyList<ConfusedPairResponse> Confused,
    IReadOnlyList<ClassRankingResponse> Classes,
    ModelComparisonResponse? Previous,
    IReadOnlyList<ClassScoreResponse> PerClass,
    int[][] Confusion
);

/// <param name="Interval">95 % Wilson interval.</param>
public sealed record TopAccuracyResponse(int K, double Accuracy, double[] Interval);

public sealed record ClassMeanResponse(double Precision, double Recall, double F1);

/// <param name="Brier">Mean squared distance of the probabilities from the truth, summed over the classes: 0 (perfect) to 2.</param>
/// <param name="Reliability">15 bins of equal width: mean confidence and share of right predictions.</param>
public sealed record CalibrationFiguresResponse(double Brier, IReadOnlyList<ReliabilityBinResponse> Reliability);

/// <param name="Low">The bin has the pictures whose highest probability is above this, and at most <c>high</c>.</param>
public sealed record ReliabilityBinResponse(double Low, double High, int Count, double Confidence, double Accuracy);

/// <param name="Count">Pictures of <c>label</c> that were predicted as <c>predicted</c>.</param>
public sealed record ConfusedPairResponse(string Label, string Predicted, int Count);

/// <param name="AreaUnderRoc">Null: all test pictures are of the class, or none.</param>
/// <param name="AveragePrecision">Null: no test picture is of the class.</param>
public sealed record ClassRankingResponse(string Class, double? AreaUnderRoc, double? AveragePrecision);

/// <summary>Two versions of a model on the pictures that both were tested on.</summary>
/// <param name="Version">The other one.</param>
/// <param name="Accuracy">Its accuracy on all of its own test pictures.</param>
/// <param name="Interval">95 % Wilson interval.</param>
/// <param name="Common">Pictures that both were tested on, with the same class.</param>
/// <param name="OnlyThis">Of these, right by this version and wrong by the other.</param>
/// <param name="OnlyOther">Of these, right by the other version and wrong by this one.</param>
/// <param name="Probability">Exact McNemar test, two-sided: the probability of so large a difference if both were equally good.</param>
public sealed record ModelComparisonResponse(
    int Version,
    double Accuracy,
    double[] Interval,
    int Common,
    int OnlyThis,
    int OnlyOther,
    double Probability
);

/// <summary>How well the probabilities of a class separate its pictures from the others.</summary>
/// <param name="Points">By falling threshold, at most 200 of them.</param>
public sealed record ClassCurvesResponse(
    string Class,
    double? AreaUnderRoc,
    double? AveragePrecision,
    IReadOnlyList<ClassCurvePointResponse> Points
);

/// <param name="Threshold">Pictures with at least this probability count as the class.</param>
/// <param name="Recall">Share of the class's pictures that are found; the true positive rate.</param>
/// <param name="FalsePositiveRate">Share of the other pictures that are taken for the class.</param>
/// <param name="Precision">Share of the class among the pictures that are taken for it.</param>
public sealed record ClassCurvePointResponse(double Threshold, double Recall, double FalsePositiveRate, double Precision);
