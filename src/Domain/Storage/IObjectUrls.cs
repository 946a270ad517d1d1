namespace GpuGeek.Domain.Storage;

/// <summary>Addresses that let anyone who has them read one object for a short time, without any other right.</summary>
public interface IObjectUrls
{
    /// <summary>Maximum lifetime of an address.</summary>
    static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(15);

    /// <summary>GET of one object, including ranges, always as an attachment: a browser saves it and never displays it as a
    /// page.</summary>
    /// <param name="fileName">File name for the download.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is not above 0 or is above <see cref="MaxLifetime"/>.</exception>
    Task<Uri> SignDownloadAsync(string key, string fileName, TimeSpan lifetime);
}
