using System;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The engine hands an information record to the pipeline and to the host, and then, for Write-Host and where the preference
/// says so, writes its text to the host as well. This tells that text from what <c>Out-Host</c> writes: it comes next, on the
/// same thread. Without it every such record would be there twice.
/// </summary>
internal static class HostEcho
{
    [ThreadStatic]
    private static string? _expected;

    /// <summary>The record was handed on.</summary>
    public static void Expect(InformationRecord record)
    {
        try
        {
            _expected = record.ToString();
        }
        catch (Exception)
        {
            // The text comes from an object of the script. Without one there is no echo of it either.
            _expected = null;
        }
    }

    /// <summary>Whether <paramref name="text"/> is the echo of the record just handed on.</summary>
    public static bool Is(string text)
    {
        var expected = _expected;
        _expected = null;
        return expected == text;
    }
}
