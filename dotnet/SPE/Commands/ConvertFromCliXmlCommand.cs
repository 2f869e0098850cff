using System;
using System.Collections.Generic;
using System.Management.Automation;
using SPE.CliXml;
using SPE.Errors;

namespace SPE.Commands;

/// <summary>ConvertFrom-CliXml: the objects of a document that comes in one text or many (client-module.md 20, CM-D-35).</summary>
[Cmdlet(VerbsData.ConvertFrom, "CliXml")]
[OutputType(typeof(PSObject))]
public sealed class ConvertFromCliXmlCommand : StreamCmdlet
{
    private readonly List<string> _inputs = [];

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string[] InputObject { get; set; } = [];

    protected override void ProcessRecord() => _inputs.Add(string.Join('\n', InputObject));

    protected override void EndProcessing()
    {
        var text = string.Concat(_inputs);
        try
        {
            foreach (var item in CliXmlReader.Enumerate(Read(text)))
            {
                WriteObject(item);
            }
        }
        catch (Exception error) when (CliXmlReader.IsFault(error) && error is not PipelineStoppedException)
        {
            var message = $"InputObject is no CLIXML that can be read. {error.Message}";
            Report(new ErrorRecord(
                new ArgumentException(message, nameof(InputObject)), ErrorIds.InvalidCliXml, ErrorCategory.InvalidData, targetObject: null));
        }
    }

    private object?[] Read(string text)
    {
        try
        {
            return CliXmlReader.Read(text);
        }
        catch (Exception error) when (CliXmlReader.IsFault(error))
        {
            if (CliXmlReader.Sift(text, LeaveOut) is not { } objects)
            {
                throw;
            }

            return objects;
        }
    }

    private void LeaveOut(int number, string reason) => Warn($"Object {number} is left out, it cannot be read: {reason}");
}
