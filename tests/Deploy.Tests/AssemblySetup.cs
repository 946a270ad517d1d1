using GpuGeek.Storage.Tests.S3;

[assembly: AssemblyFixture(typeof(SwiftServer))]
