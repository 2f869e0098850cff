using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace SPE.EngineHost.Hosting;

/// <summary>The host of a script on a console or on redirected streams.</summary>
internal sealed class ConsoleHost(bool nonInteractive) : PSHost, IDisposable
{
    private readonly ConsoleUi _ui = new(nonInteractive);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "SPE.EngineHost";

    public override Version Version { get; } = Version.Parse(Program.EngineVersion.Split('-')[0]);

    public override PSHostUserInterface UI => _ui;

    public override CultureInfo CurrentCulture => CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.CurrentUICulture;

    /// <summary>The code of the script's <c>exit</c>, null while it has not exited.</summary>
    public int? ExitCode { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <summary>Leaves no unfinished progress behind.</summary>
    public void Dispose() => _ui.ClearProgress();

    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
