using GpuGeek.Web;

var builder = WebApplication.CreateBuilder(
    new WebApplicationOptions
    {
        Args = args,
        // The program can be started from any folder: its files are next to it.
        ContentRootPath = AppContext.BaseDirectory,
    }
);
builder.AddWeb();
await using var app = builder.Build();
app.UseWeb();
await app.RunAsync();
