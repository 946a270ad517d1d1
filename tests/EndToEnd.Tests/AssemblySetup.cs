using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(FlowersStory))]
// Each test has a whole platform, often with a training in it: two at a time would only measure each other.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
