using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>
/// The string forms of the objects, one behind the other, sent as they come; the error records as CLIXML behind a mark
/// (wire-protocol.md 4.2). WP-D-24: nothing is written for <c>$null</c>.
/// </summary>
internal sealed class RawOutput(OutputSink sink, Action<string> warn) : RunOutput
{
    private const string Messages = "<#messages#>";

    private readonly List<object?> _errors = [];

    public override bool HasObjects => _errors.Count > 0;

    public override void Add(object? item)
    {
        if (item is null)
        {
            return;
        }

        try
        {
            sink.Write(LanguagePrimitives.ConvertTo<string>(item));
        }
        catch (Exception error)
        {
            warn($"An output object was left out, it has no text: {error.Message}");
        }
    }

    public override void AddError(ErrorRecord error) => _errors.Add(error);

    public override void Complete()
    {
        if (_errors.Count > 0)
        {
            sink.Write(Messages);
            CliXmlText.Write(CliXml.Write(_errors, warn), sink);
        }

        sink.Complete();
    }
}
