using System;
using System.Collections.Generic;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>ConvertFrom-Json: the objects of JSON text. Lines from the pipeline are one text, unless the first is complete.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : Cmdlet
{
    private readonly List<string> _lines = [];

    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    /// <summary>Levels that a text may have; a deeper one is refused.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 1024;

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord() => _lines.Add(InputObject);

    protected override void EndProcessing()
    {
        if (_lines.Count == 0)
        {
            return;
        }

        if (_lines.Count == 1 || !IsComplete(_lines[0]))
        {
            Write(string.Join('\n', _lines));
            return;
        }

        foreach (var line in _lines)
        {
            Write(line);
        }
    }

    private bool IsComplete(string text)
    {
        try
        {
            _ = Reader().Read(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private void Write(string text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            WriteObject(Reader().Read(text), enumerateCollection: !NoEnumerate);
        }
    }

    private JsonObjects Reader() => new(AsHashtable, Depth);
}
