using System;
using System.IO;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Hands over each line as it is complete.</summary>
internal sealed class LineWriter(Action<string> receive) : StringWriter
{
    public override void WriteLine(string? value)
    {
        Write(value);
        WriteLine();
    }

    public override void WriteLine()
    {
        var line = GetStringBuilder();
        receive(line.ToString());
        line.Clear();
    }

    /// <summary>A last line without an end is a line too.</summary>
    public override void Flush()
    {
        if (GetStringBuilder().Length > 0)
        {
            WriteLine();
        }
    }
}
