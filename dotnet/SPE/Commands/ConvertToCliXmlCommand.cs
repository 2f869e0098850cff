using System;
using System.Management.Automation;
using SPE.CliXml;

namespace SPE.Commands;

/// <summary>ConvertTo-CliXml: all objects as one document (client-module.md 20, CM-D-35).</summary>
[Cmdlet(VerbsData.ConvertTo, "CliXml")]
[OutputType(typeof(string))]
public sealed class ConvertToCliXmlCommand : StreamCmdlet
{
    private readonly CliXmlDocument _document = new();

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public PSObject[] InputObject { get; set; } = [];

    [Parameter]
    [ValidateRange(1, 100)]
    public int Depth { get; set; } = 2;

    protected override void ProcessRecord()
    {
        foreach (var item in InputObject)
        {
            try
            {
                _document.Add(item, Depth);
            }
            catch (Exception error) when (error is not PipelineStoppedException)
            {
                Warn($"An object of type {item?.TypeNames[0]} is left out, it cannot be serialised: {error.Message}");
            }
        }
    }

    protected override void EndProcessing() => WriteObject(_document.ToString());
}
