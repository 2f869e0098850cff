using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>The output of a run in one of the formats of wire-protocol.md 4.</summary>
internal abstract class RunOutput
{
    /// <summary>Puts an object, or a record that is captured, behind the others.</summary>
    public abstract void Add(object? item);

    /// <summary>Keeps an error record for its place behind the output.</summary>
    public abstract void AddError(ErrorRecord error);

    /// <summary>Puts a record of a stream where it was written.</summary>
    public virtual void AddCaptured(object record) => Add(record);

    /// <summary>Keeps the error that ended the script, which comes last.</summary>
    public virtual void AddFailure(ErrorRecord error) => AddError(error);

    /// <summary>Whether objects are still to be serialised, which only their runspace can do.</summary>
    public abstract bool HasObjects { get; }

    /// <summary>Sends what has not been sent. Within the runspace of the run.</summary>
    public abstract void Complete();
}
