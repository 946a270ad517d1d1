using System.Text.Json;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Deployments;
using GpuGeek.Imaging;
using GpuGeek.Inference;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Predictor;

/// <summary>Draws what a training would make of pictures. It is here because this is the process that decodes strangers' bytes.</summary>
internal static class AugmentationEndpoint
{
    /// <summary>Key of the <see cref="Admission"/> that counts previews.</summary>
    public const string Previews = "previews";
    private const int Quality = 85;

    public static async Task<IResult> AugmentAsync(
        string organisation,
        HttpContext http,
        [FromKeyedServices(Previews)] Admission admission,
        FairTurns turns,
        CancellationToken cancellationToken
    )
    {
        // Before the body is read: a flood costs as little as possible.
        if (!admission.TryEnter(organisation, AugmentationOrder.MaxOrders))
            return TooMany(http.Response);
        try
        {
            var form = await http.Request.ReadFormAsync(cancellationToken);
            if (Order(form) is not { } order)
                return PredictorEndpoints.Refuse(400, new("malformed_request", "The request has no order, or no pictures."));
            var pictures = form
                .Files.GetFiles("picture")
                .Select((file, i) => DrawAsync(file, i, order, organisation, turns, cancellationToken));
            return TypedResults.Ok(new AugmentedPictures(await Task.WhenAll(pictures)));
        }
        catch (ImageException refused)
        {
            return PredictorEndpoints.Refuse(422, new(refused.Code, refused.Message, refused.Hint));
        }
        finally
        {
            admission.Leave(organisation);
        }
    }

    private static async Task<byte[][]> DrawAsync(
        IFormFile file,
        int index,
        AugmentationOrder order,
        string organisation,
        FairTurns turns,
        CancellationToken cancellationToken
    )
    {
        var original = new byte[file.Length];
        await using (var stream = file.OpenReadStream())
            await stream.ReadExactlyAsync(original, cancellationToken);
        var turn = await turns.EnterAsync(organisation, 1, cancellationToken);
        // The turn must be ended: this work is not canceled any more.
        return await Task.Run(() => turn.Run(() => Draw(original, index, order)), CancellationToken.None);
    }

    private static byte[][] Draw(byte[] original, int index, AugmentationOrder order)
    {
        var picture = ImageDecoder.Decode(original);
        var shorter = Augmenter.ShorterSide(order.Preprocessing.CropSize);
        if (Math.Min(picture.Width, picture.Height) > shorter)
            picture = Preprocessor.ResizeShorter(picture, shorter);
        return [.. Enumerable.Range(0, order.Versions).Select(epoch => Version(epoch))];

        byte[] Version(int epoch)
        {
            var drawn = Augmenter.Apply(picture, order.Augmentation, order.Preprocessing, CounterRandom.Keyed(order.Seed, epoch, index));
            if (order.Preprocessing.Grayscale)
                Preprocessor.ToGray(drawn);
            return ImageEncoder.Jpeg(drawn.Width > order.Side ? Preprocessor.ResizeShorter(drawn, order.Side) : drawn, Quality);
        }
    }

    /// <returns>Null: there is none, or one of its numbers would cost too much.</returns>
    private static AugmentationOrder? Order(IFormCollection form)
    {
        if (form.Files.GetFiles("picture").Count is < 1 or > AugmentationOrder.MaxPictures)
            return null;
        try
        {
            var order = JsonSerializer.Deserialize<AugmentationOrder>(form["order"].ToString(), JsonSerializerOptions.Web);
            return
                order
                    is {
                        Augmentation: not null,
                        Preprocessing.CropSize: > 0 and <= AugmentationOrder.MaxInputSize,
                        Versions: > 0 and <= AugmentationOrder.MaxVersions,
                        Side: > 0,
                    }
                ? order
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonHttpResult<PredictorProblem> TooMany(HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return PredictorEndpoints.Refuse(
            429,
            new(
                PredictorRoutes.TooManyPreviews,
                $"The organisation has {AugmentationOrder.MaxOrders} previews of augmentation under way already.",
                "Ask again in a second."
            )
        );
    }
}
