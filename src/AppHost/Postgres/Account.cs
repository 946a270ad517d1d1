using System.Runtime.InteropServices;

namespace GpuGeek.AppHost.Postgres;

/// <summary>PostgreSQL refuses to run as root. In that case it runs as Debian's account <c>postgres</c>, or as <c>nobody</c>.</summary>
internal sealed partial record Account(string Name, uint Uid, uint Gid)
{
    public static Account? ForPostgres()
    {
        if (geteuid() != 0)
            return null;
        return Lookup("postgres")
            ?? Lookup("nobody")
            ?? throw new PartFailedException("PostgreSQL", "it cannot run as root, and there is no account 'postgres' or 'nobody'.");
    }

    public void Own(string path)
    {
        if (chown(path, Uid, Gid) != 0)
            throw new PartFailedException("PostgreSQL", $"the owner of {path} cannot be changed to the account {Name}.");
    }

    /// <summary>The start of a command line that runs as this account.</summary>
    public string[] Arguments =>
        ["--reuid", Name, "--regid", Gid.ToString(System.Globalization.CultureInfo.InvariantCulture), "--clear-groups"];

    private static Account? Lookup(string name) =>
        File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(f => f[0] == name)
            .Select(f => new Account(
                name,
                uint.Parse(f[2], System.Globalization.CultureInfo.InvariantCulture),
                uint.Parse(f[3], System.Globalization.CultureInfo.InvariantCulture)
            ))
            .FirstOrDefault();

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chown(string path, uint uid, uint gid);
}
