// libtorch's threads and its random generator belong to the process: two trainings at once would change each other's bits.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
