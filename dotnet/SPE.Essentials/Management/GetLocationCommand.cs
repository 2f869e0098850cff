using System.Management.Automation;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Location: the current location, or that of a drive or a provider.</summary>
[Cmdlet(VerbsCommon.Get, "Location", DefaultParameterSetName = "Location")]
public sealed class GetLocationCommand : PSCmdlet
{
    [Parameter(ParameterSetName = "Location")]
    public string[]? PSProvider { get; set; }

    [Parameter(ParameterSetName = "Location")]
    public string[]? PSDrive { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var provider in PSProvider ?? [])
        {
            WriteObject(SessionState.Path.CurrentProviderLocation(provider));
        }

        foreach (var drive in PSDrive ?? [])
        {
            WriteObject(SessionState.Path.GetResolvedPSPathFromPSPath(drive + ":"), enumerateCollection: true);
        }

        if (PSProvider is null && PSDrive is null)
        {
            WriteObject(SessionState.Path.CurrentLocation);
        }
    }
}
