using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Provider;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Set-Content: replaces the content of items. The file system adds -Encoding, -NoNewline and more.</summary>
[Cmdlet(VerbsCommon.Set, "Content", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
public sealed class SetContentCommand : PathCommand
{
    private List<IContentWriter>? _writers;

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? Value { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool WritesItems => false;

    protected override void ProcessRecord()
    {
        _writers ??= Open();
        foreach (var writer in _writers)
        {
            writer.Write(Value ?? []);
        }

        if (PassThru)
        {
            WriteObject(Value);
        }
    }

    protected override void EndProcessing()
    {
        foreach (var writer in _writers ?? [])
        {
            writer.Close();
            writer.Dispose();
        }
    }

    private protected override object? ProviderParameters(string path, object context) =>
        ProviderCalls.ParametersOfWriter(InvokeProvider.Content, path, context);

    private List<IContentWriter> Open()
    {
        var writers = new List<IContentWriter>();
        foreach (var path in Targets.Where(path => ShouldProcess(path)))
        {
            Try(() =>
            {
                Clear(path);
                writers.AddRange(ProviderCalls.GetWriter(InvokeProvider.Content, path, Context));
            });
        }

        return writers;
    }

    /// <summary>What does not exist yet has nothing to be cleared; the writer creates it.</summary>
    private void Clear(string path)
    {
        if (ProviderCalls.Exists(InvokeProvider.Item, path, Context))
        {
            ProviderCalls.Clear(InvokeProvider.Content, path, Context);
        }
    }
}
