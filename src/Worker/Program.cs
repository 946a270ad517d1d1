using System.CommandLine;
using GpuGeek.Worker.Commands;

var root = new RootCommand("The GpuGeek worker: claims trainings and imports and supervises their processes.")
{
    ServeCommand.Create(),
    SuperviseVerb.Create(),
    TrainVerb.Create(),
    EmbedVerb.Create(),
    ProbeVerb.Create(),
    EvaluateVerb.Create(),
    ImportVerb.Create(),
    InspectVerb.Create(),
    LocalRunCommand.Create(),
    ModelsVerb.Create(),
    DoctorVerb.Create(),
};
root.SetAction((_, cancellationToken) => ServeCommand.RunAsync(cancellationToken));

// Null: the host handles SIGTERM itself and drains for longer than the default of two seconds.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
