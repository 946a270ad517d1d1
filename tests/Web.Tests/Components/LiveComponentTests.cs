using System.Reflection;
using System.Runtime.CompilerServices;
using Bunit;
using GpuGeek.Web.Components;
using GpuGeek.Web.Components.Account;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace GpuGeek.Web.Tests.Components;

/// <summary>
/// Before this base class, whatever a disposed component awaited continued, failed, and the error boundary showed the error on the next
/// page.
/// </summary>
public sealed class AComponentThatWasLeft() : Screen("en")
{
    [Theory]
    [InlineData(Place.Initialized)]
    [InlineData(Place.ParametersSet)]
    [InlineData(Place.AfterRender)]
    [InlineData(Place.Click)]
    public async Task Fails_without_a_word(Place place)
    {
        var shown = Render<Waiting>(p => p.Add(w => w.At, place));
        if (place == Place.Click)
            shown.Find("button").Click();
        var component = shown.Instance;
        await DisposeComponentsAsync();
        await Renderer.Dispatcher.InvokeAsync(() => component.Answer.SetException(new JSException("Cannot read properties of null")));
        await component.Ended;
        Assert.False(Renderer.UnhandledException.IsCompleted);
    }

    [Theory]
    [InlineData(Place.Initialized)]
    [InlineData(Place.ParametersSet)]
    [InlineData(Place.AfterRender)]
    [InlineData(Place.Click)]
    public async Task Would_have_told_its_failure_while_it_was_shown(Place place)
    {
        var shown = Render<Waiting>(p => p.Add(w => w.At, place));
        if (place == Place.Click)
            shown.Find("button").Click();
        await Renderer.Dispatcher.InvokeAsync(() => shown.Instance.Answer.SetException(new JSException("Cannot read properties of null")));
        Assert.IsType<JSException>(await Renderer.UnhandledException.WaitAsync(Xunit.TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Attaches_no_script_that_was_still_on_its_way()
    {
        var browser = new SlowBrowser();
        Services.AddSingleton<IJSRuntime>(browser);
        var component = Render<Attaching>().Instance;
        await DisposeComponentsAsync();
        await component.Ended;
        Assert.Equal(["import"], browser.Calls);
        Assert.False(Renderer.UnhandledException.IsCompleted);
    }

    [Fact]
    public async Task Disposes_its_script_before_the_script_can_no_longer_call_it()
    {
        var module = JSInterop.SetupModule("/js/late.js");
        var script = module.SetupModule("attach", _ => true);
        var dispose = script.SetupVoid("dispose");
        var component = Render<Attaching>().Instance;
        var left = DisposeComponentsAsync();
        Assert.Single(dispose.Invocations);
        Assert.NotNull(((DotNetObjectReference<LiveComponent>)component.Script!).Value);
        dispose.SetVoidResult();
        await left;
        Assert.Throws<ObjectDisposedException>(() => ((DotNetObjectReference<LiveComponent>)component.Script!).Value);
    }

    public enum Place
    {
        Initialized,
        ParametersSet,
        AfterRender,
        Click,
    }

    /// <summary>Waits at one place for an answer.</summary>
    private sealed class Waiting : LiveComponent
    {
        private readonly TaskCompletionSource _ended = new();

        public TaskCompletionSource Answer { get; } = new();
        public Task Ended => _ended.Task;

        [Parameter]
        public Place At { get; set; }

        protected override Task OnInitializedAsync() => WaitAsync(Place.Initialized);

        protected override Task OnParametersSetAsync() => WaitAsync(Place.ParametersSet);

        protected override Task OnAfterRenderAsync(bool firstRender) => firstRender ? WaitAsync(Place.AfterRender) : Task.CompletedTask;

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "onclick", EventCallback.Factory.Create<MouseEventArgs>(this, () => WaitAsync(Place.Click)));
            builder.CloseElement();
        }

        private async Task WaitAsync(Place place)
        {
            if (At != place)
                return;
            try
            {
                await Answer.Task;
            }
            finally
            {
                _ended.SetResult();
            }
        }
    }

    /// <summary>Never responds.</summary>
    private sealed class SlowBrowser : IJSRuntime
    {
        public List<string> Calls { get; } = [];

        public ValueTask<T> InvokeAsync<T>(string identifier, object?[]? args) => InvokeAsync<T>(identifier, default, args);

        public ValueTask<T> InvokeAsync<T>(string identifier, CancellationToken cancellationToken, object?[]? args)
        {
            Calls.Add(identifier);
            return new(new TaskCompletionSource<T>().Task);
        }
    }

    /// <summary>Loads a script after it was rendered.</summary>
    private sealed class Attaching : LiveComponent
    {
        private readonly TaskCompletionSource _ended = new();

        public Task Ended => _ended.Task;
        public object? Script { get; private set; }

        protected override async Task OnAfterRenderAsync(bool firstRender)
        {
            if (!firstRender)
                return;
            Script = Self;
            try
            {
                await AttachAsync("js/late.js", Script);
            }
            finally
            {
                _ended.SetResult();
            }
        }
    }
}

/// <summary>Code that awaits outside of the base continues after the page was left.</summary>
public sealed class EveryComponentThatAwaits
{
    // Pages with plain forms are rendered once, by one request, and have no circuit that could outlive them.
    private static readonly Type[] Bases = [typeof(LiveComponent), typeof(AccountPage)];
    private static readonly string[] Lifecycle = ["OnInitializedAsync", "OnParametersSetAsync", "OnAfterRenderAsync", "SetParametersAsync"];

    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static bool Awaits(Type type) =>
        type.GetMethods(Own).Any(m => Lifecycle.Contains(m.Name) || m.IsDefined(typeof(AsyncStateMachineAttribute)))
        || type.GetNestedTypes(BindingFlags.NonPublic)
            .Any(n => n.GetMethods(Own).Any(m => m.IsDefined(typeof(AsyncStateMachineAttribute))));

    private static IEnumerable<string> Unguarded(IEnumerable<Type> types) =>
        types
            .Where(t => typeof(ComponentBase).IsAssignableFrom(t) && !Bases.Any(b => b.IsAssignableFrom(t)) && Awaits(t))
            .Select(t => t.Name);

    [Fact]
    public void Has_the_base_that_ends_with_the_page() => Assert.Empty(Unguarded(typeof(LiveComponent).Assembly.GetTypes()));

    [Fact]
    public void Planted_ones_without_it_are_seen() =>
        Assert.Equal(
            [nameof(InALifecycleMethod), nameof(InAnEventHandler)],
            Unguarded([typeof(InALifecycleMethod), typeof(InAnEventHandler), typeof(Still)])
        );

    private sealed class InALifecycleMethod : ComponentBase
    {
        protected override Task OnAfterRenderAsync(bool firstRender) => Task.CompletedTask;
    }

    private sealed class InAnEventHandler : ComponentBase
    {
        public static async Task ClickAsync() => await Task.Yield();
    }

    private sealed class Still : ComponentBase;
}
