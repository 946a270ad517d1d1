namespace GpuGeek.Domain.Storage;

/// <summary>Addresses that let anyone who has them read or write one object for a short time, without any other right.</summary>
public interface IObjectUrls
{
    /// <summary>Maximum lifetime of an address.</summary>
    static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(15);

    /// <summary>GET of one object, including ranges, always as an attachment: a browser saves it and never displays it as a
    /// page.</summary>
    /// <param name="fileName">File name for the download.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is not above 0 or is above <see cref="MaxLifetime"/>.</exception>
    Uri SignDownload(string key, string fileName, TimeSpan lifetime);

    /// <summary>PUT of one object.</summary>
    /// <exception cref="ArgumentException">The key is content-addressed: nobody would check the uploaded bytes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is not above 0 or is above <see cref="MaxLifetime"/>.</exception>
    Uri SignUpload(string key, TimeSpan lifetime);
}
