namespace GpuGeek.Worker.Tests.Support;

/// <summary>Fake trainers that follow the protocol without training: the tests check their supervisor.</summary>
internal static class Trainers
{
    private const string Tools = """
        dir="$1"; events="$dir/events.jsonl"; at='"at":"2026-01-01T00:00:00+00:00"'
        say() { echo "$1" >> "$events"; }
        point() { say "{\"type\":\"metric\",\"name\":\"$1\",\"step\":$2,\"epoch\":$2,\"value\":$3,$at}"; }
        last() { ls "$dir/checkpoints" 2>/dev/null | sed 's/step-//' | sort -n | tail -1; }
        sha() { echo "\"sha256\":\"$(sha256sum < "$1" | cut -c1-64)\",\"size\":$(stat -c %s "$1")"; }
        checkpoint() {
          mkdir -p "$dir/checkpoints/step-$1.tmp"
          { cat "$dir/checkpoints/step-$(( $1 - 1 ))/model.bin" 2>/dev/null; echo "weights $1"; } | sha256sum \
            > "$dir/checkpoints/step-$1.tmp/model.bin"
          mv "$dir/checkpoints/step-$1.tmp" "$dir/checkpoints/step-$1"
          local file="$dir/checkpoints/step-$1/model.bin"
          say "{\"type\":\"checkpoint\",\"name\":\"step-$1\",\"step\":$1,\"epoch\":$1,\
        \"files\":[{\"name\":\"model.bin\",$(sha "$file")}],$at}"
        }
        result() {
          mkdir -p "$dir/result"; cd "$dir/result"; echo onnx > core.onnx
          cat "$dir/checkpoints/step-$(last)/model.bin" > weights.bin 2>/dev/null || echo weights > weights.bin
          echo '{}' > predictions.jsonl
          local hash=$(sha256sum < core.onnx | cut -c1-64)
          echo "{\"model\":\"x\",\"version\":9,\"architecture\":\"mobilenet_v2\",\"classes\":[\"cat\",\"dog\"],\
        \"preprocessing\":{\"resizeShorter\":256,\"cropSize\":224,\"mean\":[0,0,0],\"std\":[1,1,1]},\
        \"temperature\":1,\"onnxHash\":\"sha256:$hash\"}" > model.json
          say "{\"type\":\"result\",\"result\":{\"testAccuracy\":1,\"intervalLow\":0.5,\"intervalHigh\":1,\
        \"testCount\":2,\"valAccuracy\":1,\"bestEpoch\":1,\
        \"temperature\":1,\"confusion\":[[1,0],[0,1]],\"perClass\":[],\
        \"onnxHash\":\"$hash\",\"onnxMaxDifference\":0,\"trainSeconds\":1},$at}"
        }
        say "{\"type\":\"phase\",\"phase\":\"training\",\"progress\":0.1,$at}"

        """;

    /// <summary>Six steps, a checkpoint after each; the first process is killed after it has written two points that no checkpoint
    /// contains.</summary>
    public const string KilledOnce = """
        from=$(( $(last) + 1 ))
        echo "begins at step $from"
        for i in $(seq $from 6); do
          point train/loss $i 0.5; point val/accuracy $i 0.$i
          if [ $i = 4 ] && [ ! -f "$dir/died" ]; then touch "$dir/died"; point train/loss 5 0.5
            printf '{"type":"met' >> "$events"; kill -9 $$; fi
          checkpoint $i
        done
        result
        """;

    /// <summary>Trains until it is requested to stop, then saves its work.</summary>
    public const string UntilStopped = """
        trap 'checkpoint 2; exit 5' TERM
        point train/loss 1 0.5; checkpoint 1
        while true; do sleep 0.05; done
        """;

    /// <summary>Ignores SIGTERM, and so does its child.</summary>
    public const string Deaf = """
        trap '' TERM
        (trap '' TERM; exec -a deaf-grandchild sleep 600) &
        echo $! > "$dir/grandchild"; echo $$ > "$dir/self"
        point train/loss 1 0.5
        while true; do sleep 0.05; done
        """;

    /// <summary>Never pauses and never ends.</summary>
    public const string Chatters = """
        i=0; while true; do i=$((i+1)); point train/loss $i 0.5; done
        """;

    public const string Succeeds = "point train/loss 1 0.5; result";

    /// <summary>Six steps, each of which changes the weights; dies after each checkpoint.</summary>
    public const string DiesAfterEachCheckpoint = """
        from=$(( $(last) + 1 ))
        point train/loss $from 0.5; checkpoint $from
        if [ $from -lt 7 ]; then kill -9 $$; fi
        result
        """;

    /// <summary>Two steps, and never a third.</summary>
    public const string DiesWithoutProgress = """
        if [ -z "$(last)" ]; then checkpoint 1; checkpoint 2; fi
        point train/loss 3 0.5; kill -9 $$
        """;

    /// <summary>The same steps without a death.</summary>
    public const string Finishes = """
        from=$(( $(last) + 1 ))
        echo "begins at step $from"
        for i in $(seq $from 6); do point train/loss $i 0.5; checkpoint $i; done
        result
        """;

    public const string AlwaysDies = "point train/loss 1 0.5; kill -11 $$";

    public const string Fails = """
        say "{\"type\":\"failed\",\"failure\":{\"code\":\"too_few_classes\",\"title\":\"t\",\"detail\":\"d\",\"hint\":\"h\"},$at}"; exit 4
        """;

    public static string Write(Settings settings, string body)
    {
        var path = Path.Combine(Path.GetDirectoryName(settings.Work)!, "trainer.sh");
        File.WriteAllText(path, Tools + body);
        return path;
    }
}
