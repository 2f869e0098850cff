using System;

namespace SPE.Worker.Formats;

/// <summary>
/// How deep the objects of a CLIXML document lie in each other. Readers refuse a whole document at 50, writers do not: lists
/// in lists count for nothing in the depth that they are given.
/// </summary>
internal static class Nesting
{
    /// <summary>Objects within objects. Below the limit of readers, since a job's results are wrapped once more.</summary>
    private const int Limit = 40;

    /// <summary>An object that deep is indented by at least that many spaces, two for itself and two for what holds it.</summary>
    private static readonly string Deep = new(' ', 4 * Limit);

    /// <summary>Whether readers take <paramref name="document"/>, which is indented as the engine does it.</summary>
    public static bool IsReadable(string document) =>
        !document.Contains(Deep, StringComparison.Ordinal) || Measure(document) <= Limit;

    private static int Measure(ReadOnlySpan<char> document)
    {
        var depth = 0;
        var deepest = 0;
        foreach (var markup in new Lines(document))
        {
            if (markup.StartsWith("</Obj>"))
            {
                depth--;
            }
            else if (markup.StartsWith("<Obj") && !markup.EndsWith("/>") && !markup.EndsWith("</Obj>"))
            {
                deepest = Math.Max(deepest, ++depth);
            }
        }

        return deepest;
    }
}
