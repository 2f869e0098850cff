using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace SPE.Commands;

/// <summary>A command whose -Debug shows more and asks nothing, see <see cref="WriteRecordCommand"/>.</summary>
public abstract class StreamCmdlet : PSCmdlet
{
    /// <summary>Writes a verbose line.</summary>
    internal void Tell(string text)
    {
        if (WouldAsk("Verbose"))
        {
            Relay(new VerboseRecord(text));
        }
        else
        {
            WriteVerbose(text);
        }
    }

    /// <summary>Writes a warning.</summary>
    internal void Warn(string text)
    {
        if (WouldAsk("WarningAction"))
        {
            Relay(new WarningRecord(text));
        }
        else
        {
            WriteWarning(text);
        }
    }

    /// <summary>Writes an error that does not end the command.</summary>
    internal void Report(ErrorRecord error)
    {
        if (WouldAsk("ErrorAction"))
        {
            Relay(error);
        }
        else
        {
            WriteError(error);
        }
    }

    /// <summary>Whether a common parameter was given as a switch that is on; preference variables do not count.</summary>
    private protected bool IsSwitchedOn(string parameter) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out var value) && LanguagePrimitives.IsTrue(value);

    /// <summary>Whether the engine would ask: under -Debug, unless the stream has been decided on by its own parameter.</summary>
    private bool WouldAsk(string parameter) =>
        IsSwitchedOn("Debug") && !MyInvocation.BoundParameters.ContainsKey(parameter);

    private void Relay(object record) => InvokeCommand.InvokeScript(
        "& $args[0] $args[1]",
        useNewScope: true,
        PipelineResultTypes.Output | PipelineResultTypes.Error,
        input: null,
        WriteRecordCommand.Info,
        record);
}
