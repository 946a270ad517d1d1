using GpuGeek.TestSupport;

[assembly: AssemblyFixture(typeof(PostgresFixture))]
// Workers claim all work in the database: two tests at a time would take each other's work.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
