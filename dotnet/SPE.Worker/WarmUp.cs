using System.IO;
using System.Management.Automation;
using SPE.Worker.Channel;
using SPE.Worker.Runspaces;

namespace SPE.Worker;

/// <summary>
/// A run whose output nobody reads, before the worker says that it is ready: the first script of a process costs a tenth of a
/// second of compiling, which spares should have behind them.
/// </summary>
internal static class WarmUp
{
    private const string Script =
        "$params; [pscustomobject]@{ Name = 'x'; Size = 1 }; Write-Warning 'x'; Write-Error 'x'; 1..2 | ForEach-Object { \"$_\" }";

    private const string Arguments =
        "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><S>x</S></Objs>";

    public static void Run(RunspaceSource source, HelloMessage server)
    {
        using var queue = new FrameQueue(Stream.Null);
        var channel = new WorkerChannel(queue);
        var order = new RunMessage
        {
            Run = 0,
            IsJob = false,
            IsRaw = false,
            Script = Script,
            Arguments = Arguments,
            ArgumentsAsVariables = false,
            CaptureStreams = false,
            KeepRunspace = false,
            LanguageMode = PSLanguageMode.FullLanguage,
            Commands = null,
            AuditLevel = string.Empty,
            SessionId = null,
            JobName = null,
            User = string.Empty,
            Policy = string.Empty,
        };
        if (new ScriptRun(order, server, channel, new CallBroker()).Execute(source) is { } used)
        {
            source.Return(used);
        }

        source.Prepare(ScriptBounds.None);
    }
}
