using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The engine hands an information record to the pipeline and to the host, and then, for Write-Host and where the preference
/// says so, writes its text to the host as well. This tells that text from what <c>Out-Host</c> writes: it comes next, on the
/// same thread. Without it every such record would be there twice.
/// </summary>
internal sealed class HostEcho
{
    private readonly Dictionary<int, string> _expected = [];

    /// <summary>The record was handed on.</summary>
    public void Expect(InformationRecord record)
    {
        try
        {
            var text = record.ToString();
            lock (_expected)
            {
                _expected[Environment.CurrentManagedThreadId] = text;
            }
        }
        catch (Exception)
        {
            // The text comes from an object of the script. Without one there is no echo of it either.
            Pass();
        }
    }

    /// <summary>Whether <paramref name="text"/> is the echo of the record just handed on.</summary>
    public bool Is(string text)
    {
        lock (_expected)
        {
            return _expected.Remove(Environment.CurrentManagedThreadId, out var expected) && expected == text;
        }
    }

    /// <summary>Something else came, so there is no echo any more.</summary>
    public void Pass()
    {
        lock (_expected)
        {
            _expected.Remove(Environment.CurrentManagedThreadId);
        }
    }

    /// <summary>Forgets the run before.</summary>
    public void Clear()
    {
        lock (_expected)
        {
            _expected.Clear();
        }
    }
}
