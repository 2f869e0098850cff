using System;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The texts of an error record. An exception type of a script may throw from any of its members, which must not cost the run
/// its end.
/// </summary>
internal sealed record ErrorText(
    string Message,
    string FullyQualifiedErrorId,
    string CategoryInfo,
    string Category,
    string? ExceptionType,
    string? PositionMessage,
    string? ScriptStackTrace)
{
    public static ErrorText Of(ErrorRecord record) => new(
        Read(record.ToString) ?? "The error has no text.",
        Read(() => record.FullyQualifiedErrorId) ?? string.Empty,
        Read(record.CategoryInfo.ToString) ?? string.Empty,
        record.CategoryInfo.Category.ToString(),
        record.Exception?.GetType().FullName,
        Read(() => Position(record)),
        Read(() => record.ScriptStackTrace));

    /// <summary>Parse errors come before there is an invocation that could have a position; they know it themselves.</summary>
    private static string? Position(ErrorRecord record)
    {
        if (record.InvocationInfo?.PositionMessage is { Length: > 0 } known)
        {
            return known;
        }

        return record.Exception is ParseException { Errors: [var first, ..] }
            ? $"At line:{first.Extent.StartLineNumber} char:{first.Extent.StartColumnNumber}"
            : null;
    }

    private static string? Read(Func<string?> member)
    {
        try
        {
            return member();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
