namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>Bucket or object in path style, which every S3-compatible service supports, with the query; encoded as the signature
/// requires.</summary>
internal sealed record S3Address(Uri Endpoint, string Bucket, string Key, IReadOnlyList<(string Name, string Value)> Query)
{
    public string Host => Endpoint.Authority;

    public string Path =>
        $"/{Uri.EscapeDataString(Bucket)}" + (Key.Length == 0 ? "" : "/" + string.Join('/', Key.Split('/').Select(Uri.EscapeDataString)));

    /// <summary>Sorted by name, as it is signed.</summary>
    public string QueryText =>
        string.Join(
            '&',
            Query
                .Select(q => (Name: Uri.EscapeDataString(q.Name), Value: Uri.EscapeDataString(q.Value)))
                .OrderBy(q => q.Name, StringComparer.Ordinal)
                .ThenBy(q => q.Value, StringComparer.Ordinal)
                .Select(q => $"{q.Name}={q.Value}")
        );

    // The signed path must be sent unchanged: no other code may encode it again.
    public Uri ToUri() =>
        new(
            $"{Endpoint.GetLeftPart(UriPartial.Authority)}{Path}{(Query.Count == 0 ? "" : "?" + QueryText)}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
}
