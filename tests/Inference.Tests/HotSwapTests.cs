using System.Collections.Concurrent;
using GpuGeek.TestSupport;

namespace GpuGeek.Inference.Tests;

public sealed class ReplacingAVersion
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ServedModel Model(float scale, int version)
    {
        var tiny = new TinyOnnx { Weights = [scale, 0, 0, 0, scale, 0, 0, 0, scale] };
        var onnx = tiny.Build();
        return new(tiny.Manifest(onnx, version: version), onnx, 1, new());
    }

    [Fact]
    public async Task Twenty_times_under_eight_clients_every_answer_is_one_of_the_two()
    {
        await using var host = new ModelHost();
        await host.ReplaceAsync("a", Model(1, 1));
        var picture = new TinyOnnx().Picture(1, 2, 3);
        var seen = new ConcurrentDictionary<(int Version, float Logit), int>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var clients = Enumerable
            .Range(0, 8)
            .Select(_ =>
                Task.Run(
                    async () =>
                    {
                        while (!stop.IsCancellationRequested)
                            Assert.True(
                                await host.UseAsync(
                                    "a",
                                    async model =>
                                    {
                                        var (_, batch) = await model.PredictAsync(picture, Cancel);
                                        seen.AddOrUpdate((model.Manifest.Version, batch.Logits[0]), 1, (_, n) => n + 1);
                                    }
                                )
                            );
                    },
                    Cancel
                )
            )
            .ToList();
        for (var swap = 0; swap < 20; swap++)
        {
            var before = seen.Values.Sum();
            await Eventually.HoldsAsync(() => seen.Values.Sum(), answers => answers >= before + 16);
            await host.ReplaceAsync("a", swap % 2 == 0 ? Model(2, 2) : Model(1, 1));
        }
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal([(1, 1f), (2, 2f)], seen.Keys.Order());
    }

    [Fact]
    public async Task One_that_cannot_be_loaded_leaves_the_old_one_serving()
    {
        await using var host = new ModelHost();
        await host.ReplaceAsync("a", Model(1, 1));
        var tiny = new TinyOnnx { Weights = [float.NaN, 0, 0] };
        var onnx = tiny.Build();
        Assert.Throws<ModelRefusedException>(() => new ServedModel(tiny.Manifest(onnx), onnx, 1, new()));
        Assert.True(
            await host.UseAsync(
                "a",
                model =>
                {
                    Assert.Equal(1, model.Manifest.Version);
                    return Task.CompletedTask;
                }
            )
        );
    }

    [Fact]
    public async Task A_removed_one_answers_what_it_has_and_no_more()
    {
        await using var host = new ModelHost();
        await host.ReplaceAsync("a", Model(1, 1));
        Assert.True(await host.RemoveAsync("a"));
        Assert.False(await host.UseAsync("a", _ => Task.CompletedTask));
        Assert.False(await host.RemoveAsync("a"));
    }
}

public sealed class HostileModels
{
    [Fact]
    public void Data_outside_the_file_is_refused() => Refused("model_external_data", new TinyOnnx { ExternalData = true }.Build());

    [Fact]
    public void Operators_of_another_domain_are_refused() => Refused("model_custom_operator", new TinyOnnx { Domain = "com.evil" }.Build());

    [Fact]
    public void A_newer_opset_is_refused() => Refused("model_too_new", new TinyOnnx { Opset = 99 }.Build());

    [Fact]
    public void Another_inputs_name_is_refused() => Refused("model_shape", new TinyOnnx { Input = "picture" }.Build());

    [Fact]
    public void An_empty_file_is_refused() => Refused("model_damaged", []);

    [Fact]
    public void Cut_anywhere_it_is_refused_and_never_crashes()
    {
        var whole = new TinyOnnx().Build();
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<ModelRefusedException>(() => new CoreSession(whole[..length], 1).Dispose());
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            Assert.Throws<ModelRefusedException>(() => new CoreSession(bytes, 1).Dispose());
        }
    }

    private static void Refused(string code, byte[] onnx) =>
        Assert.Equal(code, Assert.Throws<ModelRefusedException>(() => new CoreSession(onnx, 1).Dispose()).Code);
}
