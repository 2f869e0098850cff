using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Write-Host: shows text to the user, as an information record with the tag PSHOST.</summary>
[Cmdlet(VerbsCommunications.Write, "Host")]
public sealed class WriteHostCommand : PSCmdlet
{
    private static readonly string[] HostTags = ["PSHOST"];

    [Parameter(Position = 0, ValueFromRemainingArguments = true, ValueFromPipeline = true)]
    [Alias("Msg", "Message")]
    public object? Object { get; set; }

    [Parameter]
    public SwitchParameter NoNewline { get; set; }

    [Parameter]
    public object Separator { get; set; } = " ";

    [Parameter]
    public ConsoleColor ForegroundColor { get; set; }

    [Parameter]
    public ConsoleColor BackgroundColor { get; set; }

    protected override void ProcessRecord()
    {
        var message = new HostInformationMessage
        {
            Message = Text(Object),
            NoNewLine = NoNewline,
            ForegroundColor = Bound(nameof(ForegroundColor)) ? ForegroundColor : null,
            BackgroundColor = Bound(nameof(BackgroundColor)) ? BackgroundColor : null,
        };
        WriteInformation(message, HostTags);
    }

    private bool Bound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Collections are written item by item with the separator between, nested ones too.</summary>
    private string Text(object? value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain switch
        {
            null => string.Empty,
            string text => text,
            IEnumerable items => string.Join(Text(Separator), items.Cast<object?>().Select(Text)),
            _ => value!.ToString() ?? string.Empty,
        };
    }
}
