using System;
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Scripts;
using SPE.Session;
using SPE.Streams;

namespace SPE.Commands;

/// <summary>Invoke-RemoteScript: runs a script on each server, or here when none is named (client-module.md 8).</summary>
[Cmdlet(VerbsLifecycle.Invoke, "RemoteScript", DefaultParameterSetName = "InProcess", SupportsShouldProcess = true)]
[OutputType(typeof(PSObject), typeof(string))]
public sealed class InvokeRemoteScriptCommand : SessionCmdlet
{
    [Parameter]
    public ScriptBlock? ScriptBlock { get; set; }

    [Parameter]
    [Alias("ArgumentList")]
    public IDictionary? Arguments { get; set; }

    [Parameter(ParameterSetName = SessionSet)]
    public SwitchParameter AsJob { get; set; }

    /// <summary>The alias keeps -R short for it, although -RemoteErrorsAsErrors came later.</summary>
    [Parameter]
    [Alias("R")]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    [ValidateSet("CliXml", "Json", "Raw")]
    public string OutputFormat { get; set; } = "CliXml";

    [Parameter]
    public SwitchParameter StructuredErrors { get; set; }

    [Parameter]
    [ValidateRange(0, 10)]
    public int MaxRetries { get; set; }

    [Parameter]
    public SwitchParameter RemoteErrorsAsErrors { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Require(ScriptBlock is not null, nameof(ScriptBlock));
        if (ParameterSetName is not (SessionSet or UriSet))
        {
            RunHere();
            return;
        }

        var remote = ReadRemote();
        var isCliXml = OutputFormat.Equals("CliXml", StringComparison.OrdinalIgnoreCase);
        var options = new ScriptOptions
        {
            Format = Raw && isCliXml ? "Raw" : OutputFormat,
            CaptureStreams = IsSwitchedOn("Verbose") || IsSwitchedOn("Debug"),
            StructuredErrors = StructuredErrors, MaxRetries = MaxRetries,
            RouteErrors = RemoteErrorsAsErrors || MyInvocation.BoundParameters.ContainsKey("ErrorAction"),
            OnOutput = AsJob ? output => StartedJobs.Add(output, remote.Memory) : null,
        };
        var script = RemoteScript.Of(ScriptBlock!, Arguments, AsJob, IsSwitchedOn("WhatIf"), SessionState, Tell);
        foreach (var endpoint in remote.Endpoints)
        {
            new ReplyWriter(this, options).Write(Run(script, remote, endpoint, options), endpoint);
        }
    }

    /// <summary>The caller's own block, in its own scope; its output and errors come as they are written.</summary>
    private void RunHere() => InvokeCommand.InvokeScript(
        IsSwitchedOn("WhatIf") ? "$WhatIfPreference = $true; & $args[0]" : "& $args[0]",
        useNewScope: true,
        PipelineResultTypes.Output | PipelineResultTypes.Error,
        input: null,
        ScriptBlock);
}
