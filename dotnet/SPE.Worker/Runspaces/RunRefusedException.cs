using System;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>A run that ends before its script begins.</summary>
public sealed class RunRefusedException : Exception, IContainsErrorRecord
{
    private const string InvalidArguments = "Spe.Remoting.InvalidArguments";
    private const string PolicyNotPossible = "Spe.Remoting.PolicyNotPossible";

    /// <summary>Without a text.</summary>
    public RunRefusedException()
        : this(string.Empty, null)
    {
    }

    /// <summary>With the reason.</summary>
    public RunRefusedException(string message)
        : this(message, null)
    {
    }

    /// <summary>With the reason and what found it.</summary>
    public RunRefusedException(string message, Exception? inner)
        : base(message, inner) =>
        ErrorRecord = new ErrorRecord(this, InvalidArguments, ErrorCategory.InvalidData, targetObject: null);

    private RunRefusedException(string message, string errorId, ErrorCategory category)
        : base(message) =>
        ErrorRecord = new ErrorRecord(this, errorId, category, targetObject: null);

    /// <summary>The reason as the caller gets it.</summary>
    public ErrorRecord ErrorRecord { get; }

    internal static RunRefusedException Arguments(string message, Exception? inner) => new(message, inner);

    internal static RunRefusedException Policy(string message) => new(message, PolicyNotPossible, ErrorCategory.InvalidOperation);
}
