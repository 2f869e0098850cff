using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Xunit;

namespace SPE.Essentials.Tests;

/// <summary>Runs scripts in a new runspace of the engine, with a folder of their own as their location.</summary>
public sealed class Script : IDisposable
{
    private static readonly InitialSessionState Full = State(PSLanguageMode.FullLanguage);
    private static readonly InitialSessionState Constrained = State(PSLanguageMode.ConstrainedLanguage);

    private readonly Runspace _runspace;

    public Script(PSLanguageMode mode = PSLanguageMode.FullLanguage)
    {
        _runspace = RunspaceFactory.CreateRunspace(mode == PSLanguageMode.FullLanguage ? Full : Constrained);
        _runspace.Open();
        Folder = Directory.CreateTempSubdirectory("spe-essentials-").FullName;
        _runspace.SessionStateProxy.Path.SetLocation(Folder);
    }

    /// <summary>Where the script runs; removed afterwards.</summary>
    public string Folder { get; }

    /// <summary>A PowerShell with the script, for tests that start and stop it or read its streams.</summary>
    public PowerShell Prepare(string script) => PowerShell.Create(_runspace).AddScript(script);

    /// <summary>What the script writes as output. An error fails the test.</summary>
    public IReadOnlyList<PSObject?> Run(string script)
    {
        using var shell = Prepare(script);
        var output = shell.Invoke();
        Assert.True(shell.Streams.Error.Count == 0, string.Join('\n', shell.Streams.Error.Select(error => error.ToString())));
        return output;
    }

    /// <summary>The output as text, item by item with a blank between.</summary>
    public string Text(string script) => string.Join(' ', Run(script).Select(item => item?.ToString()));

    /// <summary>The base object of the only output.</summary>
    public object? One(string script) => Assert.Single(Run(script))?.BaseObject;

    /// <summary>The only error of a script that goes on after it, or the one that ended it.</summary>
    public ErrorRecord Error(string script)
    {
        using var shell = Prepare(script);
        try
        {
            shell.Invoke();
        }
        catch (RuntimeException error)
        {
            return error.ErrorRecord;
        }

        return Assert.Single(shell.Streams.Error);
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static InitialSessionState State(PSLanguageMode mode)
    {
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = mode;
        return state;
    }
}
