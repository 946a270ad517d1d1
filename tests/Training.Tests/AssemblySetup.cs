// libtorch's threads and its random generator are per process: two trainings at once would change each other's results.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
