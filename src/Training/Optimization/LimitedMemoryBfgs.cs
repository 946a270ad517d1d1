namespace GpuGeek.Training.Optimization;

/// <summary>
/// L-BFGS (Liu and Nocedal 1989): follows the gradient, bent by the curvature that the last steps have shown. For smooth convex functions
/// of all numbers at once; nothing in it is random.
/// </summary>
internal static class LimitedMemoryBfgs
{
    private const int Remembered = 10,
        MostHalvings = 40;
    private const double SufficientDecrease = 1e-4;

    /// <param name="start">It is not changed.</param>
    /// <param name="function">The value and the gradient at a point. The gradient is kept, the point is not.</param>
    /// <param name="tolerance">The end: no number of the gradient is larger.</param>
    /// <returns>The point, and whether the tolerance was reached.</returns>
    public static (double[] Point, bool Converged) Minimise(
        double[] start,
        Func<double[], (double Value, double[] Gradient)> function,
        double tolerance,
        int mostSteps
    )
    {
        var history = new Queue<(double[] Step, double[] Change, double Curvature)>();
        var point = start;
        var (value, gradient) = function(point);
        for (var i = 0; i < mostSteps && Largest(gradient) > tolerance; i++)
        {
            var direction = Direction(gradient, history);
            if (Search(function, point, value, gradient, direction, history.Count == 0) is not var (next, nextValue, nextGradient))
                return (point, false);
            var (step, change) = (Difference(next, point), Difference(nextGradient, gradient));
            var curvature = Dot(step, change);
            if (curvature > 1e-12 * Dot(change, change))
                history.Enqueue((step, change, curvature));
            if (history.Count > Remembered)
                history.Dequeue();
            (point, value, gradient) = (next, nextValue, nextGradient);
        }
        return (point, Largest(gradient) <= tolerance);
    }

    /// <summary>Halves the step until the value falls enough (Armijo 1966).</summary>
    /// <returns>Null: it falls no more, so the rest is rounding.</returns>
    private static (double[] Point, double Value, double[] Gradient)? Search(
        Func<double[], (double Value, double[] Gradient)> function,
        double[] point,
        double value,
        double[] gradient,
        double[] direction,
        bool isFirst
    )
    {
        var slope = Dot(gradient, direction);
        // Nothing is known of the scale before the first step.
        var length = isFirst ? Math.Min(1, 1 / Math.Sqrt(-slope)) : 1;
        for (var i = 0; i < MostHalvings; i++, length /= 2)
        {
            var next = Along(point, direction, length);
            var (nextValue, nextGradient) = function(next);
            if (nextValue <= value + SufficientDecrease * length * slope)
                return (next, nextValue, nextGradient);
        }
        return null;
    }

    /// <summary>The two loops of the paper: minus the gradient, through the curvature of the remembered steps.</summary>
    private static double[] Direction(double[] gradient, Queue<(double[] Step, double[] Change, double Curvature)> history)
    {
        var direction = Array.ConvertAll(gradient, g => -g);
        var shares = new Stack<double>();
        foreach (var (step, change, curvature) in history.Reverse())
        {
            shares.Push(Dot(step, direction) / curvature);
            Add(direction, change, -shares.Peek());
        }
        if (history.Count > 0)
        {
            var (_, change, curvature) = history.Last();
            var scale = curvature / Dot(change, change);
            for (var i = 0; i < direction.Length; i++)
                direction[i] *= scale;
        }
        foreach (var (step, change, curvature) in history)
            Add(direction, step, shares.Pop() - Dot(change, direction) / curvature);
        return direction;
    }

    private static double Largest(double[] numbers) => numbers.Max(Math.Abs);

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    private static void Add(double[] target, double[] other, double factor)
    {
        for (var i = 0; i < target.Length; i++)
            target[i] += factor * other[i];
    }

    private static double[] Along(double[] point, double[] direction, double length)
    {
        var next = (double[])point.Clone();
        Add(next, direction, length);
        return next;
    }

    private static double[] Difference(double[] a, double[] b) => Along(a, b, -1);
}
