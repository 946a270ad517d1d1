namespace GpuGeek.Web.Components.Controls;

/// <summary>The stops of a project's road.</summary>
public enum RoadTab { Data, Train, Model, Deploy }
