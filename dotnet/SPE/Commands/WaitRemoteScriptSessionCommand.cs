using System.Management.Automation;
using SPE.Completion;
using SPE.Jobs;
using SPE.Scripts;
using SPE.Streams;

namespace SPE.Commands;

/// <summary>
/// Wait-RemoteScriptSession: waits until a job ended, hands over its records meanwhile and its results then
/// (client-module.md 12).
/// </summary>
[Cmdlet(VerbsLifecycle.Wait, "RemoteScriptSession", DefaultParameterSetName = "Session")]
[OutputType(typeof(PSObject), typeof(string))]
public sealed class WaitRemoteScriptSessionCommand : JobCmdlet
{
    [Parameter(ParameterSetName = "Session")]
    [ValidateNotNull]
    public PSObject? Session { get; set; }

    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(JobIdCompleter))]
    public string? Id { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    public ScriptBlock? OnVerbose { get; set; }

    [Parameter]
    public ScriptBlock? OnInformation { get; set; }

    [Parameter]
    public ScriptBlock? OnProgress { get; set; }

    [Parameter]
    public ScriptBlock? OnWarning { get; set; }

    [Parameter]
    public ScriptBlock? OnError { get; set; }

    [Parameter]
    public string? Cursor { get; set; }

    [Parameter]
    public ScriptBlock? OnCursor { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Require(Id is not null, nameof(Id));
        var callbacks = new Callbacks(InvokeCommand) { OnCursor = OnCursor };
        callbacks.Set("verbose", OnVerbose);
        callbacks.Set("information", OnInformation);
        callbacks.Set("progress", OnProgress);
        callbacks.Set("warning", OnWarning);
        callbacks.Set("error", OnError);
        var options = new ScriptOptions
        {
            Format = Raw ? "Raw" : "CliXml",
            MaxRetries = MaxRetries,
            RouteErrors = MyInvocation.BoundParameters.ContainsKey("ErrorAction"),
        };
        new ScriptSessionWait(this, ReadSession(Session), Id!, options)
        {
            HoldSeconds = WaitTimeoutSeconds, DelaySeconds = Delay, Cursor = Cursor, Callbacks = callbacks,
        }.Run();
    }
}
