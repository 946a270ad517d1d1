using GpuGeek.Deploy.Tests.Sandbox;
using GpuGeek.Storage.Tests.S3;

[assembly: AssemblyFixture(typeof(SwiftServer))]

namespace GpuGeek.Deploy.Tests;

/// <summary>Scenarios that share the walled house, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class WalledHouseScenarios : ICollectionFixture<WalledHouse>
{
    public const string Name = "walled house";
}
