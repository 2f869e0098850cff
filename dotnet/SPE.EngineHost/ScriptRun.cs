using System;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading;
using SPE.EngineHost.Hosting;

namespace SPE.EngineHost;

/// <summary>One script in one runspace, its output rendered as text. Ctrl+C stops it; a second one ends the process.</summary>
internal sealed class ScriptRun : IDisposable
{
    /// <summary>The exit code of a script that a terminating error ended.</summary>
    private const int Failed = 1;

    /// <summary>The exit code of a script that Ctrl+C ended: 128 and the number of SIGINT.</summary>
    private const int Interrupted = 130;

    private readonly ConsoleHost _host;
    private readonly Runspace _runspace;
    private readonly PowerShell _shell;
    private int _interrupts;

    public ScriptRun(CommandLine line)
    {
        _host = new ConsoleHost(line.NonInteractive);

        // CreateDefault looks for the snap-ins of a full PowerShell and throws here.
        _runspace = RunspaceFactory.CreateRunspace(_host, InitialSessionState.CreateDefault2());
        _runspace.ThreadOptions = PSThreadOptions.ReuseThread;
        _runspace.Open();
        _shell = PowerShell.Create(_runspace);
        _shell.AddScript(ScriptText.Of(line), useLocalScope: false);

        // Errors pass through the same Out-Default as the output, so that they stand where they belong.
        _shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        _shell.AddCommand("Out-Default");
    }

    public int Invoke()
    {
        Console.CancelKeyPress += Stop;
        try
        {
            _shell.Invoke();

            // A script whose last statement was stopped ends like any other.
            return _interrupts > 0 ? Interrupted : _host.ExitCode ?? 0;
        }
        catch (PipelineStoppedException)
        {
            return Interrupted;
        }
        catch (ParseException error) when (error.ErrorRecord.InvocationInfo is null)
        {
            // The error view shows nothing for text that never began to run; the message has the line and the place in it.
            _host.UI.WriteErrorLine(error.Message);
            return Failed;
        }
        catch (RuntimeException error)
        {
            Render(error.ErrorRecord);
            return _host.ExitCode ?? Failed;
        }
        finally
        {
            Console.CancelKeyPress -= Stop;
            _host.Dispose();
        }
    }

    public void Dispose()
    {
        _shell.Dispose();
        _runspace.Dispose();
    }

    private void Stop(object? sender, ConsoleCancelEventArgs arguments)
    {
        if (Interlocked.Increment(ref _interrupts) == 1)
        {
            arguments.Cancel = true;
            _shell.BeginStop(null, null);
        }
    }

    private void Render(ErrorRecord error)
    {
        var wrapped = PSObject.AsPSObject(error);

        // Out-Default sends objects with this mark to the error side of the host.
        wrapped.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        using var shell = PowerShell.Create(_runspace);
        shell.AddCommand("Out-Default").Invoke(new[] { wrapped });
    }
}
