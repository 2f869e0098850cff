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
    /// One document whose only top-level object is the list. An object that cannot be written is left out and told to
    /// <paramref name="leftOut"/>, so that it does not cost the others.
    /// </summary>
    public static string Write(List<object?> items, Action<string> leftOut)
    {
        try
        {
            return PSSerializer.Serialize(items, Depth);
        }
        catch (Exception)
        {
            return PSSerializer.Serialize(Writable(items, leftOut), Depth);
        }
    }

    private static List<object?> Writable(List<object?> items, Action<string> leftOut)
    {
        var writable = new List<object?>(items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            try
            {
                PSSerializer.Serialize(items[index], Depth);
                writable.Add(items[index]);
            }
            catch (Exception error)
            {
                leftOut($"Output object {index + 1} was left out, it cannot be serialised: {error.Message}");
            }
        }

        return writable;
    }
}
