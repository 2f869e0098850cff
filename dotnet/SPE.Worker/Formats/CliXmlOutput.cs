using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>
/// One list of the output with the error records behind it, written when the run has ended. Nothing written is an empty
/// output, not an empty list.
/// </summary>
internal sealed class CliXmlOutput(OutputSink sink, Action<string> warn) : RunOutput
{
    private readonly List<object?> _items = [];
    private readonly List<ErrorRecord> _errors = [];

    public override bool HasObjects => _items.Count + _errors.Count > 0;

    public override void Add(object? item) => _items.Add(item);

    public override void AddError(ErrorRecord error) => _errors.Add(error);

    public override void Complete()
    {
        _items.AddRange(_errors);
        if (_items.Count > 0)
        {
            CliXmlText.Write(CliXml.Write(_items, warn), sink);
            sink.Complete();
        }
    }
}
