using System.Runtime.InteropServices;

namespace GpuGeek.Training;

/// <summary>Settings of the native libraries that have no managed API. Applied once, before the first tensor.</summary>
internal static partial class NativeTuning
{
    private const int MmapMax = -4,
        TrimThreshold = -1,
        TopPad = -2,
        ArenaMax = -8;
    private static int applied;

    /// <summary>Before libtorch is loaded, and before the thread starts that will compute: a thread keeps the heap that it has begun with,
    /// and only those that begin later share one (<c>mobilenet_v2</c> embedded 150 instead of 220 pictures a second where the thread itself
    /// called this).</summary>
    public static void Apply()
    {
        if (Interlocked.Exchange(ref applied, 1) == 1)
            return;
        LetWaitingThreadsSleep();
        KeepMemory();
    }

    /// <summary>
    /// libtorch's OpenMP threads spin for milliseconds while they wait for each other; with other busy processes that costs most of the
    /// speed. Threads that sleep at once cost a quarter of it where nothing else runs: a step has more than a thousand short parallel
    /// parts. So they spin for some microseconds. <c>mobilenet_v2</c> on two cores, alone and beside a busy process: 72 and 29 pictures a
    /// second as OpenMP has it, 55 and 37 without spinning, 70 and 35 so. OpenMP reads the C environment when it is loaded, so this must
    /// run before the first tensor.
    /// </summary>
    private static void LetWaitingThreadsSleep()
    {
        _ = SetEnv("OMP_WAIT_POLICY", "PASSIVE", 0);
        // GNU's OpenMP takes this over the policy.
        _ = SetEnv("GOMP_SPINCOUNT", "1000", 0);
    }

    /// <summary>glibc returns large blocks to the system and requests them again for every activation of every step: keeping them makes
    /// training 1.1 to 2 times as fast.</summary>
    private static void KeepMemory()
    {
        try
        {
            _ = MallOpt(MmapMax, 0);
            _ = MallOpt(TrimThreshold, int.MaxValue);
            _ = MallOpt(TopPad, 64 << 20);
            _ = MallOpt(ArenaMax, 1);
        }
        catch (EntryPointNotFoundException)
        {
            Console.WriteLine("This C library has no mallopt: training works, but is slower.");
        }
    }

    /// <summary>Loads libtorch, and lets its NNPACK alone: it is tried at each convolution and warns on unknown processors; convolutions
    /// here are oneDNN's.</summary>
    public static void LoadWithoutNnpack()
    {
        try
        {
            // Loads libtorch, so that its symbols can be found.
            TorchSharp.torch.zeros(1, device: TorchSharp.torch.CPU).Dispose();
            SetUserEnabledNnpack(GlobalContext(), false);
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            Console.WriteLine("libtorch's NNPACK switch was not found: NNPACK warnings may appear in this log.");
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallOpt(int parameter, int value);

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledNNPACKEb")]
    private static partial void SetUserEnabledNnpack(nint context, [MarshalAs(UnmanagedType.I1)] bool enabled);
}
