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
    private long _length;

    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public string[] InputObject { get; set; } = [];

    protected override void ProcessRecord()
    {
        var input = string.Join('\n', InputObject);
        _length += input.Length;
        if (_length > CliXmlReader.Longest)
        {
            // Input without end is not waited for.
            ThrowTerminatingError(
                FailureErrors.NotCliXml(nameof(InputObject), $"It has more than {CliXmlReader.Longest} characters."));
        }

        _inputs.Add(input);
    }

    protected override void EndProcessing()
    {
        object?[] objects;
        try
        {
            objects = Read(string.Concat(_inputs));
        }
        catch (Exception error) when (CliXmlReader.IsFault(error))
        {
            Report(FailureErrors.NotCliXml(nameof(InputObject), error.Message));
            return;
        }

        foreach (var item in CliXmlReader.Enumerate(objects))
        {
            WriteObject(item);
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
            return CliXmlReader.Sift(text, LeaveOut, EndWhenStopped);
        }
    }

    private void LeaveOut(int number, string reason) => Warn($"Object {number} is left out, it cannot be read: {reason}");

    private void EndWhenStopped()
    {
        if (Stopping)
        {
            throw new PipelineStoppedException();
        }
    }
}
