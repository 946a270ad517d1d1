namespace GpuGeek.TestSupport;

/// <summary>Tests that take minutes or much of the machine. They run with <c>./test.sh --all</c>.</summary>
public static class LongTests
{
    public const string Reason = "Takes long: only with ./test.sh --all (GPUGEEK_LONG_TESTS=1).";

    public static bool Wanted => Environment.GetEnvironmentVariable("GPUGEEK_LONG_TESTS") == "1";
}
