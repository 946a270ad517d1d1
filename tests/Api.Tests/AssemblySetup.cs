using GpuGeek.TestSupport;

[assembly: AssemblyFixture(typeof(PostgresFixture))]
