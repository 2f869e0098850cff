using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Threading.Tasks;

namespace SPE.Worker.Runspaces;

/// <summary>
/// What belongs to the process and not to a runspace: environment, current directory, and runspaces that scripts make. A
/// throw-away run finds it as the process began.
/// </summary>
internal sealed class ProcessState
{
    private readonly Dictionary<string, string?> _environment = Environment.GetEnvironmentVariables()
        .Cast<DictionaryEntry>()
        .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value);

    private readonly string _directory = Environment.CurrentDirectory;
    private readonly HashSet<Guid> _runspaces = [.. OpenRunspaces.All.Select(runspace => runspace.InstanceId)];

    /// <summary>Puts everything back.</summary>
    /// <param name="ours">Runspaces of the worker itself, which stay.</param>
    public void Restore(IReadOnlyCollection<Guid> ours)
    {
        RestoreEnvironment();
        RestoreDirectory();
        foreach (var runspace in OpenRunspaces.All)
        {
            if (!_runspaces.Contains(runspace.InstanceId) && !ours.Contains(runspace.InstanceId))
            {
                // Elsewhere: closing waits for what runs in it.
                Task.Run(runspace.Dispose);
            }
        }
    }

    private void RestoreEnvironment()
    {
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var name = (string)entry.Key;
            if (!_environment.TryGetValue(name, out var before))
            {
                Environment.SetEnvironmentVariable(name, null);
            }
            else if (before != (string?)entry.Value)
            {
                Environment.SetEnvironmentVariable(name, before);
            }
        }

        foreach (var (name, value) in _environment)
        {
            if (Environment.GetEnvironmentVariable(name) is null)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }

    private void RestoreDirectory()
    {
        try
        {
            Environment.CurrentDirectory = _directory;
        }
        catch (IOException)
        {
            // A script removed it, and the next one finds that out for itself.
        }
    }
}
