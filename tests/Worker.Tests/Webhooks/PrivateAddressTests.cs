using System.Net;
using System.Net.Sockets;
using GpuGeek.TestSupport;

namespace GpuGeek.Worker.Tests.Webhooks;

/// <summary>Addresses that passed the first check, for instance a name that has changed since: the connection itself is
/// checked.</summary>
public sealed class AnAddressInside(PostgresFixture postgres)
{
    /// <summary>Counts connections; there should be none.</summary>
    private sealed class Canary : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        private int _connections;

        public Canary()
        {
            _listener.Start();
            _ = CountAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;
        public int Connections => Volatile.Read(ref _connections);

        private async Task CountAsync()
        {
            try
            {
                while (true)
                {
                    using var _ = await _listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref _connections);
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        public void Dispose() => _listener.Dispose();
    }

    [Theory]
    [
        InlineData("https://127.0.0.1"),
        InlineData("https://[::1]"),
        InlineData("https://localhost"),
        InlineData("https://localhost."),
        InlineData("https://0.0.0.0"),
        InlineData("https://[::]")
    ]
    [
        InlineData("https://2130706433"),
        InlineData("https://0x7f.1"),
        InlineData("https://0x7f000001"),
        InlineData("https://0177.1"),
        InlineData("https://127.1")
    ]
    [
        InlineData("https://[::ffff:127.0.0.1]"),
        InlineData("https://[::ffff:7f00:1]"),
        InlineData("https://[64:ff9b::7f00:1]"),
        InlineData("https://[::127.0.0.1]"),
        InlineData("http://127.0.0.1")
    ]
    public async Task Gets_no_connection(string origin)
    {
        using var canary = new Canary();
        await using var bench = new Bench(postgres, allowPrivate: false);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, $"{origin}:{canary.Port}/hook");
        await bench.PingAsync(hook);
        var answer = await bench.SendOneAsync();
        Assert.Null(answer.StatusCode);
        Assert.NotNull(answer.Error);
        Assert.DoesNotContain(
            canary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            answer.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, canary.Connections);
    }

    [Fact]
    public async Task Is_reached_where_the_operator_allows_it_so_the_canary_can_see()
    {
        using var canary = new Canary();
        await using var bench = new Bench(postgres);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, $"http://127.0.0.1:{canary.Port}/hook");
        await bench.PingAsync(hook);
        Assert.NotNull((await bench.SendOneAsync()).Error);
        Assert.Equal(1, canary.Connections);
    }

    [Theory]
    [
        InlineData("169.254.169.254"),
        InlineData("10.0.0.1"),
        InlineData("172.31.255.255"),
        InlineData("192.168.0.1"),
        InlineData("100.64.0.1"),
        InlineData("168.63.129.16"),
        InlineData("[fd00:ec2::254]"),
        InlineData("[fe80::1]"),
        InlineData("[fc00::1]"),
        InlineData("[2002:7f00:1::]")
    ]
    public async Task Is_refused_before_a_packet_leaves(string host)
    {
        await using var bench = new Bench(postgres, allowPrivate: false);
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, $"https://{host}/latest/meta-data");
        await bench.PingAsync(hook);
        Assert.Equal("The address is in a private network or on this machine, which is refused.", (await bench.SendOneAsync()).Error);
    }

    [Fact]
    public async Task A_proxy_of_the_environment_is_not_asked()
    {
        using var canary = new Canary();
        var former = HttpClient.DefaultProxy;
        // What http_proxy and its kin become in the process.
        HttpClient.DefaultProxy = new WebProxy("127.0.0.1", canary.Port);
        try
        {
            await using var receiver = await Receiver.StartAsync();
            await using var bench = new Bench(postgres);
            var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
            await bench.PingAsync(hook);
            Assert.Null((await bench.SendOneAsync()).Error);
            Assert.Equal(0, canary.Connections);
        }
        finally
        {
            HttpClient.DefaultProxy = former;
        }
    }
}
