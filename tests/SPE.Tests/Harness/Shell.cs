using System;
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Threading.Tasks;

namespace SPE.Tests.Harness;

/// <summary>
/// A PowerShell of this process with the module SPE imported, as a user at a prompt or a build agent has it.
/// </summary>
public sealed class Shell : IDisposable
{
    private readonly Runspace _runspace;
    private readonly TestServer? _server;

    private Shell(PSLanguageMode mode, TestServer? server)
    {
        _server = server;
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = mode;
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
        Set("SpeManifest", Repository.ModuleManifest);
    }

    /// <summary>A shell without a session.</summary>
    public static Shell Open(PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = new Shell(mode, null);
        shell.Import();
        return shell;
    }

    /// <summary>A shell into which the module was not imported; <c>$SpeManifest</c> says where it is.</summary>
    public static Shell Bare(PSLanguageMode mode = PSLanguageMode.FullLanguage) => new(mode, null);

    /// <summary>
    /// A shell whose <c>$s</c> is a new session on the server; <c>$uri</c>, <c>$user</c> and <c>$secret</c> are set.
    /// </summary>
    public static Shell Open(TestServer server, PSLanguageMode mode = PSLanguageMode.FullLanguage) =>
        Open(server, server?.Uri ?? throw new ArgumentNullException(nameof(server)), mode);

    /// <summary>The same, reaching the server by another address, such as a proxy's.</summary>
    public static Shell Open(TestServer server, Uri uri, PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        ArgumentNullException.ThrowIfNull(server);
        var shell = new Shell(mode, server);
        shell.Import();
        shell.Connect(uri, server.Secret);
        return shell;
    }

    /// <summary>A shell whose <c>$s</c> is a session on something that is not our server.</summary>
    internal static Shell Open(ScriptedServer server, PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        var shell = Open(mode);
        shell.Connect(server.Uri, Secrets.Any);
        return shell;
    }

    /// <summary>Makes <c>$s</c>, and <c>$login</c> for more sessions of the kind.</summary>
    public void Connect(Uri uri, string secret)
    {
        Set("uri", uri);
        Set("user", TestServer.User);
        Set("secret", secret);
        Set(
            "login",
            new Hashtable { ["ConnectionUri"] = uri, ["Username"] = TestServer.User, ["SharedSecret"] = secret });
        Run("$s = New-ScriptSession @login").NoErrors();
    }

    public void Set(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    public object? Get(string name) => _runspace.SessionStateProxy.GetVariable(name);

    /// <summary>Runs a script to its end. Errors are in the result, terminating ones too.</summary>
    public ScriptResult Run(string script) => Start(script).Result();

    /// <summary>Runs a script on the server, through Invoke-RemoteScript and the session <c>$s</c>.</summary>
    public ScriptResult Remote(string script, string options = "") => StartRemote(script, options).Result();

    internal RunningScript StartRemote(string script, string options = "") =>
        Start($"Invoke-RemoteScript -Session $s -ScriptBlock {{ {script} }} {options}");

    /// <summary>Starts a job on the server and puts its id into <c>$id</c>.</summary>
    public string StartJob(string script)
    {
        var started = Run($"$id = Invoke-RemoteScript -Session $s -AsJob -ScriptBlock {{ {script} }}; $id");
        return (string)started.OneObject().BaseObject;
    }

    /// <summary>Waits for the job of <c>$id</c> and writes out its results one by one.</summary>
    public ScriptResult WaitForJob(string options = "") =>
        Run($"Wait-RemoteScriptSession -Session $s -Id $id {options} | ForEach-Object {{ $_ }}");

    /// <summary>
    /// Starts a script, to be watched or stopped. An error that ends a statement ends the script, so that it can be told from
    /// one that does not: without a try around it the engine would write both to the same stream.
    /// </summary>
    internal RunningScript Start(string script)
    {
        var powerShell = PowerShell.Create(_runspace);
        powerShell.AddScript($"try {{ {script}\n}} catch {{ throw }}");
        return new RunningScript(powerShell, script, () => _server?.Log ?? "");
    }

    /// <summary>What Tab offers behind a line.</summary>
    public CommandCompletion Complete(string line)
    {
        using var powerShell = PowerShell.Create(_runspace);
        return CommandCompletion.CompleteInput(line, line.Length, null, powerShell);
    }

    public void Dispose() => _runspace.Dispose();

    private void Import() => Run("Import-Module $SpeManifest").NoErrors();
}
