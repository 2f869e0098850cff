using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace SPE.Worker.Runspaces;

/// <summary>The host of scripts of a worker: it asks nothing and shows nothing.</summary>
internal sealed class SilentHost : PSHost
{
    private readonly SilentUi _ui = new();

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "SPE Remoting";

    public override Version Version { get; } = typeof(SilentHost).Assembly.GetName().Version!;

    public override PSHostUserInterface UI => _ui;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <summary>The code of the script's <c>exit</c>, null while it has not exited.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Makes the host one of a new run.</summary>
    /// <param name="line">Takes the lines that are written to the host alone.</param>
    public void Begin(Action<string> line)
    {
        ExitCode = null;
        _ui.Begin(line);
    }

    /// <summary>Ends the run; what it wrote without a line end goes out.</summary>
    public void End() => _ui.End();

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw SilentUi.Refused("A nested prompt");

    public override void ExitNestedPrompt() => throw SilentUi.Refused("A nested prompt");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
