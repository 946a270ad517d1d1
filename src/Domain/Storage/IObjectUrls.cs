namespace GpuGeek.Domain.Storage;

/// <summary>Addresses that let whoever holds them read or write one object for a short time, without any other right.</summary>
public interface IObjectUrls
{
    /// <summary>The longest time an address may be good for.</summary>
    static readonly TimeSpan MaxLifetime = TimeSpan.FromMinutes(15);

    /// <summary>GET of one object, ranges too, always as an attachment: a browser saves it and never shows it as a page.</summary>
    /// <param name="fileName">The name it is saved under.</param>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is not above 0 or is above <see cref="MaxLifetime"/>.</exception>
    Uri SignDownload(string key, string fileName, TimeSpan lifetime);

    /// <summary>PUT of one object.</summary>
    /// <exception cref="ArgumentException">The key is content-addressed: nobody would check its bytes on their way in.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The lifetime is not above 0 or is above <see cref="MaxLifetime"/>.</exception>
    Uri SignUpload(string key, TimeSpan lifetime);
}
