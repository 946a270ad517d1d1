using System.Net;
using System.Xml;
using System.Xml.Linq;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>Decides what a response means, and explains refusals to the operator.</summary>
internal sealed class S3Answers(ObjectStoreOptions options)
{
    private static readonly XName List = XName.Get("ListBucketResult", "http://s3.amazonaws.com/doc/2006-03-01/");

    /// <returns>The response if it is a success, or a range that does not exist.</returns>
    /// <exception cref="S3MissingException"/>
    /// <exception cref="ObjectStoreException"/>
    public async Task<HttpResponseMessage> AcceptAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return response;
            if (!response.IsSuccessStatusCode)
                throw Refusal(request, response.StatusCode, await ErrorAsync(request, response, cancel));
            if (IsXml(request))
                Check(request, await response.Content.ReadAsStringAsync(cancel));
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public ObjectStoreException Unreachable(Exception broken) =>
        new(
            $"The object store at {options.Endpoint} cannot be reached: {broken.Message}. Check that the service is running and that "
                + "GPUGEEK_S3_ENDPOINT is correct.",
            broken
        );

    /// <summary>Lists and the requests that begin and complete an upload. Swift answers some writes with a web page; a HEAD has the
    /// length of an object, but no body.</summary>
    private static bool IsXml(HttpRequestMessage request) =>
        request.Method == HttpMethod.Post
        || (request.Method == HttpMethod.Get && !request.Options.TryGetValue(S3Transport.Streamed, out _));

    /// <summary>The SDK takes any response with status 200 for a success, and finds nothing in a list without the namespace.</summary>
    private void Check(HttpRequestMessage request, string text)
    {
        if (text.Length == 0)
            return;
        var answer = Parse(text);
        // A failure after the response headers were sent has status 200.
        if (answer?.Name.LocalName == "Error")
            throw Refusal(request, HttpStatusCode.OK, answer);
        if (answer is null || (answer.Name != List && answer.Name.LocalName is "ListBucketResult" or "html"))
            throw new ObjectStoreException(
                $"{options.Endpoint} sent a response that is not S3 XML. Is GPUGEEK_S3_ENDPOINT the address of the S3 service?"
            );
        if (
            answer.Name.LocalName == "ListMultipartUploadsResult"
            && request.RequestUri!.Query.Contains("delimiter=&", StringComparison.Ordinal)
        )
            CheckUngrouped(answer);
    }

    private static void CheckUngrouped(XElement uploads)
    {
        if (uploads.Elements().Any(e => e.Name.LocalName == "CommonPrefixes"))
            throw new S3GroupedException();
    }

    private Exception Refusal(HttpRequestMessage request, HttpStatusCode status, XElement? error)
    {
        var path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath).Trim('/');
        var code = Text(error, "Code");
        // The response to a HEAD has no body.
        if (status == HttpStatusCode.NotFound && path == options.Bucket)
            code = "NoSuchBucket";
        if (status == HttpStatusCode.NotFound && code != "NoSuchBucket")
            return new S3MissingException(code);
        return new ObjectStoreException(
            (
                $"The object store at {options.Endpoint} responded {(int)status} {code} to {request.Method} {path}: "
                + $"{Text(error, "Message")} {Hint(code, status)}"
            ).Trim()
        );
    }

    private static async Task<XElement?> ErrorAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancel) =>
        request.Method != HttpMethod.Head && Parse(await response.Content.ReadAsStringAsync(cancel)) is { Name.LocalName: "Error" } error
            ? error
            : null;

    private static XElement? Parse(string text)
    {
        try
        {
            return XElement.Parse(text, LoadOptions.PreserveWhitespace);
        }
        catch (XmlException)
        {
            // A web page, from a proxy or from another service.
            return null;
        }
    }

    private static string Text(XElement? error, string name) =>
        error?.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";

    private static string Hint(string code, HttpStatusCode status) =>
        (code, status) switch
        {
            ("NoSuchBucket", _) => "Create the bucket with deploy/object-store/seed.py.",
            ("RequestTimeTooSkewed", _) => "Correct the clock of this machine.",
            ("InvalidAccessKeyId" or "SignatureDoesNotMatch" or "AuthorizationHeaderMalformed", _)
            or (_, HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized) =>
                "Check GPUGEEK_S3_ACCESS_KEY, GPUGEEK_S3_SECRET_KEY and GPUGEEK_S3_REGION, and the permissions of the key.",
            _ => "",
        };
}
