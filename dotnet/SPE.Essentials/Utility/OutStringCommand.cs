using System;
using System.IO;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;
using Microsoft.PowerShell.Commands.Internal.Format;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>Out-String: what the terminal would show, as one string or as lines.</summary>
[Cmdlet(VerbsData.Out, "String", DefaultParameterSetName = "NoNewLineFormatting")]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private StringWriter _text = new();

    [Parameter(ParameterSetName = "StreamFormatting")]
    public SwitchParameter Stream { get; set; }

    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = FormattedText.DefaultWidth;

    [Parameter(ParameterSetName = "NoNewLineFormatting")]
    public SwitchParameter NoNewline { get; set; }

    protected override void BeginProcessing()
    {
        _text = Stream ? new LineWriter(line => WriteObject(line)) : new StringWriter { NewLine = Environment.NewLine };
        FormattedText.Attach(this, _text, Width, NoNewline);
        base.BeginProcessing();
    }

    protected override void EndProcessing()
    {
        base.EndProcessing();
        _text.Flush();
        if (!Stream)
        {
            WriteObject(_text.ToString());
        }
    }

    protected override void InternalDispose()
    {
        base.InternalDispose();
        _text.Dispose();
    }
}
