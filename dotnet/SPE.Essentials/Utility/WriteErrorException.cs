using System;

namespace Microsoft.PowerShell.Commands;

/// <summary>The exception behind an error that a script wrote as text.</summary>
public sealed class WriteErrorException : Exception
{
    public WriteErrorException()
    {
    }

    public WriteErrorException(string message)
        : base(message)
    {
    }

    public WriteErrorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
