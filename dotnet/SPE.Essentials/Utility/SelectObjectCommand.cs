using System.Globalization;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>Select-Object: picks objects by their place and properties of them by name or expression.</summary>
[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = "DefaultParameter")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private ObjectWindow? _window;
    private PropertySelector? _selector;
    private DistinctObjects? _distinct;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0, ParameterSetName = "DefaultParameter")]
    [Parameter(Position = 0, ParameterSetName = "SkipLastParameter")]
    public object[]? Property { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string[]? ExcludeProperty { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseInsensitive { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "SkipLastParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    [Parameter(ParameterSetName = "SkipLastParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    [Parameter(ParameterSetName = "DefaultParameter")]
    [Parameter(ParameterSetName = "IndexParameter")]
    public SwitchParameter Wait { get; set; }

    [Parameter(ParameterSetName = "IndexParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int[]? Index { get; set; }

    [Parameter(ParameterSetName = "SkipIndexParameter")]
    [ValidateRange(0, int.MaxValue)]
    public int[]? SkipIndex { get; set; }

    protected override void BeginProcessing()
    {
        var bound = MyInvocation.BoundParameters;
        _window = new ObjectWindow(
            Skip,
            bound.ContainsKey(nameof(First)) ? First : null,
            bound.ContainsKey(nameof(Last)) ? Last : null,
            SkipLast,
            Index,
            SkipIndex);
        _selector = new PropertySelector(this, Property, ExcludeProperty, ExpandProperty);
        _distinct = Unique ? new DistinctObjects(new ValueComparer(CultureInfo.CurrentCulture, !CaseInsensitive)) : null;
    }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            return;
        }

        foreach (var source in _window!.Pass(InputObject))
        {
            Write(source);
        }

        if (_window.IsComplete && !Wait)
        {
            throw UpstreamStop.Create(this);
        }
    }

    protected override void EndProcessing()
    {
        foreach (var source in _window!.Rest())
        {
            Write(source);
        }
    }

    private void Write(PSObject source)
    {
        foreach (var selected in _selector!.Select(source))
        {
            if (_distinct?.Add(selected) ?? true)
            {
                WriteObject(selected);
            }
        }
    }
}
