namespace GpuGeek.Training.Tests.Engine;

public sealed class TheAllocatorOfATraining
{
    [Fact]
    public void Is_none_of_ours_where_the_operator_preloads_another()
    {
        var variables = TrainingAllocator.Variables(preloaded: "/opt/libjemalloc.so.2");
        Assert.Empty(variables);
        Assert.Equal(TrainingAllocator.Installed, TrainingAllocator.Variables(preloaded: "")["LD_PRELOAD"]);
    }
}
