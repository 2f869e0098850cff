using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>Writes lists as CLIXML the way wire-protocol.md 4.1 has them.</summary>
internal static class CliXml
{
    /// <summary>Levels of properties that are kept.</summary>
    public const int Depth = 2;

    /// <summary>
    /// One document whose only top-level object is the list. What cannot be written, or not be read again, is there as text
    /// and told to <paramref name="warn"/>, so that it does not cost the others.
    /// </summary>
    public static string Write(List<object?> items, Action<string> warn)
    {
        try
        {
            return Serialize(items);
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            return Serialize(Writable(items, warn));
        }
    }

    /// <exception cref="InvalidOperationException">No reader would take the document.</exception>
    private static string Serialize(object? value)
    {
        var document = PSSerializer.Serialize(value, Depth);
        return Nesting.IsReadable(document) ? document : throw new InvalidOperationException("It is nested too deeply.");
    }

    private static List<object?> Writable(List<object?> items, Action<string> warn)
    {
        var writable = new List<object?>(items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            try
            {
                Serialize(items[index]);
                writable.Add(items[index]);
            }
            catch (Exception error) when (error is not PipelineStoppedException)
            {
                warn($"Output object {index + 1} was written as text, it cannot be serialised: {error.Message}");
                writable.Add(TextOf(items[index]));
            }
        }

        return writable;
    }

    private static string? TextOf(object? item)
    {
        try
        {
            return item?.ToString();
        }
        catch (Exception error) when (error is not PipelineStoppedException)
        {
            return item?.GetType().FullName;
        }
    }
}
