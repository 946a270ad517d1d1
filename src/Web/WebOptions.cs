using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Web;

/// <summary>Options of the Web process, from environment variables.</summary>
internal sealed class WebOptions
{
    /// <value><c>GPUGEEK_API_URL</c>: address of Api.</value>
    [
        Required(ErrorMessage = "Set GPUGEEK_API_URL to the address of Api, such as http://127.0.0.1:5001."),
        Url(ErrorMessage = "GPUGEEK_API_URL must be an absolute address.")
    ]
    public string ApiUrl { get; set; } = "";

    /// <value><c>GPUGEEK_PUBLIC_URL</c>: the public address, if it differs from the address of this process.</value>
    [Url(ErrorMessage = "GPUGEEK_PUBLIC_URL must be an absolute address.")]
    public string? PublicUrl { get; set; }

    /// <value><c>GPUGEEK_KEYS</c>: folder of the key ring that every Web process of an installation shares.</value>
    public string? KeysFolder { get; set; }

    /// <value><c>GPUGEEK_FRONT_SECRET</c>: Api trusts the client's address only together with it.</value>
    public string? FrontSecret { get; set; }

    /// <value><c>GPUGEEK_INSTANCE</c>: part of the cookie's name, since cookies ignore ports.</value>
    [RegularExpression("^[A-Za-z0-9]{1,16}$", ErrorMessage = "GPUGEEK_INSTANCE must be up to 16 letters or digits.")]
    public string Instance { get; set; } = "local";

    /// <value><c>GPUGEEK_ALLOWED_HOSTS</c>: comma-separated host names of this installation, besides that of the public address.</value>
    public IReadOnlyList<string> AllowedHosts { get; set; } = [];

    public static void Bind(WebOptions options, IConfiguration configuration)
    {
        options.ApiUrl = configuration["GPUGEEK_API_URL"] ?? "";
        options.PublicUrl = configuration["GPUGEEK_PUBLIC_URL"];
        options.KeysFolder = configuration["GPUGEEK_KEYS"];
        options.FrontSecret = configuration["GPUGEEK_FRONT_SECRET"];
        options.AllowedHosts = (configuration["GPUGEEK_ALLOWED_HOSTS"] ?? "").Split(
            ',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
        );
        options.Instance = configuration["GPUGEEK_INSTANCE"] ?? options.Instance;
    }
}
