using System.Net;
using System.Xml.Linq;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>
/// Stands between the SDK and the transport for one upload in parts, and knows its id. The SDK's call that ends an upload asks the service
/// for the uploads to this name and ends all of them, also those of other writers; Swift names none of them. So this class answers.
/// </summary>
/// <param name="id">Null until the upload has begun.</param>
internal sealed class S3UploadSession(S3Transport transport, string key, string? id = null) : DelegatingHandler(transport)
{
    private static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    private string? _id = id;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var isAboutUploads = request.RequestUri!.Query.TrimStart('?').Split('&').Contains("uploads=");
        if (isAboutUploads && request.Method == HttpMethod.Get)
            return new(HttpStatusCode.OK) { Content = new StringContent(List().ToString()), RequestMessage = request };
        var response = await base.SendAsync(request, cancellationToken);
        if (isAboutUploads && request.Method == HttpMethod.Post)
            _id = Id(await response.Content.ReadAsStringAsync(cancellationToken));
        return response;
    }

    private XElement List() =>
        new(
            Namespace + "ListMultipartUploadsResult",
            new XElement(Namespace + "IsTruncated", false),
            _id is null
                ? null
                : new XElement(
                    Namespace + "Upload",
                    new XElement(Namespace + "Key", key),
                    new XElement(Namespace + "UploadId", _id),
                    new XElement(Namespace + "Initiated")
                )
        );

    private static string? Id(string answer) =>
        XElement.Parse(answer).Elements().FirstOrDefault(e => e.Name.LocalName == "UploadId")?.Value;
}
