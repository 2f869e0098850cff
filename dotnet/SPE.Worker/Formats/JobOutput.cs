using System;
using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>The results of a job: its objects alone. Its errors are records, and the failure that ended it is told apart.</summary>
internal sealed class JobOutput(OutputSink sink, Action<string> warn) : RunOutput
{
    private readonly CliXmlOutput _list = new(sink, warn);

    public override bool HasObjects => _list.HasObjects;

    public override void Add(object? item) => _list.Add(item);

    public override void AddError(ErrorRecord error)
    {
    }

    public override void Complete() => _list.Complete();
}
