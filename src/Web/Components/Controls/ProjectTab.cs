namespace GpuGeek.Web.Components.Controls;

/// <summary>The stops of a project's road; <see cref="None"/> for its pages beside the road.</summary>
public enum ProjectTab
{
    Data,
    Train,
    Model,
    Deploy,
    None,
}
