using System;
using System.Management.Automation;
using System.Text.Json;

namespace SPE.Worker.Channel;

/// <summary>A call that the server did not serve.</summary>
public sealed class CallFailedException : Exception
{
    /// <summary>Without a text.</summary>
    public CallFailedException()
    {
    }

    /// <summary>With the sentence for the user.</summary>
    public CallFailedException(string message)
        : base(message)
    {
    }

    /// <summary>With the sentence for the user and what caused it.</summary>
    public CallFailedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>The stable id of the error.</summary>
    public string ErrorId { get; private init; } = "Stopped";

    /// <summary>The category of the error.</summary>
    public ErrorCategory Category { get; private init; } = ErrorCategory.OperationStopped;

    internal static CallFailedException Of(JsonElement header) => new(Text(header, "message"))
    {
        ErrorId = Text(header, "errorId"),
        Category = Enum.TryParse<ErrorCategory>(Text(header, "category"), out var category) ? category : ErrorCategory.NotSpecified,
    };

    internal static CallFailedException Closed() => new("The run or the server has ended, nobody answers any more.");

    internal static CallFailedException TooLarge(int size) =>
        new($"The script and its arguments are {size} bytes; at most {WorkerChannel.MaxCall} are possible.")
        {
            ErrorId = "TooLarge",
            Category = ErrorCategory.LimitsExceeded,
        };

    private static string Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;
}
