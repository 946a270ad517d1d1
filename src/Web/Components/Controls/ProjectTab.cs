namespace GpuGeek.Web.Components.Controls;

/// <summary>The tabs of a project; <see cref="None"/> for its other pages.</summary>
public enum ProjectTab
{
    Data,
    Train,
    Model,
    Deploy,
    None,
}
