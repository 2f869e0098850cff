using System;

namespace SPE.Errors;

/// <summary>The exception inside the error records of this module: a call that failed.</summary>
public sealed class RemotingException : Exception
{
    /// <summary>An exception without a message.</summary>
    public RemotingException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public RemotingException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public RemotingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal RemotingException(string message, int statusCode)
        : base(message) => StatusCode = statusCode;

    /// <summary>HTTP status of the reply, 0 when there was none.</summary>
    public int StatusCode { get; }
}
