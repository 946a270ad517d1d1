using GpuGeek.Web;

var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions
    {
        Args = args,
        // Started from any folder: what is served lies beside the program.
        ContentRootPath = AppContext.BaseDirectory,
    }
);
builder.AddWeb();
await using var app = builder.Build();
app.UseWeb();
await app.RunAsync();
