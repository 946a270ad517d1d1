using GpuGeek.TestSupport;

[assembly: AssemblyFixture(typeof(PostgresFixture))]
// Workers claim whatever waits in the database: two at a time would take each other's work.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
