using System.Management.Automation;

namespace SPE.Transfers;

/// <summary>The parameters Send-RemoteItem has for media items only.</summary>
public sealed class MediaSwitches
{
    [Parameter]
    public SwitchParameter SkipUnpack { get; set; }

    [Parameter]
    public SwitchParameter SkipExisting { get; set; }
}
