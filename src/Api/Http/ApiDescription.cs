using GpuGeek.Recipes;
using Microsoft.OpenApi;

namespace GpuGeek.Api.Http;

/// <summary>OpenAPI by Swashbuckle: the texts come from the XML docs of handlers and contracts.</summary>
internal static class ApiDescription
{
    private const string SchemeName = "token";

    public static IServiceCollection AddApiDescription(this IServiceCollection services) =>
        services
            .AddEndpointsApiExplorer()
            .AddSwaggerGen(options =>
            {
                options.SwaggerDoc(
                    "v1",
                    new()
                    {
                        Title = "GpuGeek",
                        Version = "v1",
                        Description =
                            "Image classification: datasets, training, models and hosted endpoints. Send `Authorization: Bearer gg_…` with "
                            + "a session token or an API key. Errors are application/problem+json with a stable `code`.",
                    }
                );
                foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "GpuGeek.*.xml"))
                    options.IncludeXmlComments(file);
                options.AddSecurityDefinition(
                    SchemeName,
                    new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        Description = "gg_s_… (session) or gg_k_… (API key)",
                    }
                );
                options.AddSecurityRequirement(document => new() { [new OpenApiSecuritySchemeReference(SchemeName, document)] = [] });
                options.MapType<PartialRecipe>(RecipeDescription.Partial);
                options.MapType<Recipe>(RecipeDescription.Whole);
                options.SchemaFilter<ApiExamples>();
                options.SupportNonNullableReferenceTypes();
                options.UseAllOfToExtendReferenceSchemas();
            });

    public static void MapApiDescription(this WebApplication app)
    {
        app.MapSwagger().AllowAnonymous();
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint("/swagger/v1/swagger.json", "GpuGeek v1");
            options.DocumentTitle = "GpuGeek API";
        });
    }
}
