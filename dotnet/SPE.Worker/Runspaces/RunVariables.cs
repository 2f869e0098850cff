using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using SPE.Worker.Channel;
using SPE.Worker.Commands;

namespace SPE.Worker.Runspaces;

/// <summary>The variables a script finds (wire-protocol.md 3.2.2, 5.1 and 7.6).</summary>
internal static class RunVariables
{
    /// <summary>Sets them in the runspace of the run.</summary>
    /// <exception cref="RunRefusedException">The arguments cannot be read or cannot be variables.</exception>
    public static void Set(Runspace runspace, RunMessage run, HelloMessage server)
    {
        var variables = runspace.SessionStateProxy;
        SetArguments(variables, run);
        variables.SetVariable("me", run.User);
        variables.SetVariable("SitecoreVersion", server.SitecoreVersion);
        variables.SetVariable("RemotingPolicy", PolicyOf(run));
        variables.SetVariable("ScriptSession", ScriptSessionObject.Own(run));
        if (variables.GetVariable("PSVersionTable") is IDictionary versions)
        {
            SetVersion(versions, "SPEVersion", server.SpeVersion);
            SetVersion(versions, "SitecoreVersion", server.SitecoreVersion);
        }
    }

    /// <summary>The table is one for the process, so it is written once.</summary>
    private static void SetVersion(IDictionary versions, string name, string version)
    {
        if (!version.Equals(versions[name]))
        {
            versions[name] = version;
        }
    }

    private static void SetArguments(SessionStateProxy variables, RunMessage run)
    {
        var arguments = run.Arguments is null ? null : Arguments.Read(run.Arguments);

        // Without arguments too: those of the run before must not show in a kept runspace.
        variables.SetVariable("params", arguments);
        variables.SetVariable("cliXmlArgs", run.Arguments);
        if (!run.ArgumentsAsVariables || arguments is null)
        {
            return;
        }

        if ((arguments is PSObject wrapped ? wrapped.BaseObject : arguments) is not IDictionary named)
        {
            throw RunRefusedException.Arguments("The arguments of a job are a dictionary of names and values.", null);
        }

        foreach (DictionaryEntry entry in named)
        {
            SetNamed(variables, $"{entry.Key}", entry.Value);
        }
    }

    private static void SetNamed(SessionStateProxy variables, string name, object? value)
    {
        // With a colon it would name a scope or a drive: a function, a variable of the environment.
        if (string.IsNullOrWhiteSpace(name) || name.Contains(':', StringComparison.Ordinal))
        {
            throw RunRefusedException.Arguments($"The argument '{name}' cannot be a variable: a name has no colon.", null);
        }

        try
        {
            variables.SetVariable(name, value);
        }
        catch (RuntimeException error)
        {
            throw RunRefusedException.Arguments($"The argument '{name}' cannot be a variable: {error.Message}", error);
        }
    }

    private static PSObject PolicyOf(RunMessage run)
    {
        var policy = new PSObject();
        policy.Properties.Add(new PSNoteProperty("Name", run.Policy));
        policy.Properties.Add(new PSNoteProperty("FullLanguage", run.LanguageMode == PSLanguageMode.FullLanguage));
        policy.Properties.Add(new PSNoteProperty("HasApprovedScripts", false));
        policy.Properties.Add(new PSNoteProperty("AuditLevel", run.AuditLevel));
        if (run.Commands is { } commands)
        {
            // That it is there says that commands are bounded.
            policy.Properties.Add(new PSNoteProperty("AllowedCommands", commands.ToArray()));
        }

        return policy;
    }
}
