using System;
using System.Collections;
using System.Management.Automation;
using SPE.Native;

namespace SPE.Scripts;

/// <summary>A script block made into what is sent: a text and the arguments it needs (client-module.md 8.1).</summary>
internal sealed record RemoteScript(string Text, string? Arguments)
{
    /// <summary>Depth of serialised arguments, as the servers' own (client-module.md 20).</summary>
    private const int Depth = 2;

    private const string SwitchOnWhatIf = "$WhatIfPreference = $true";

    /// <param name="block">The caller's block.</param>
    /// <param name="given">The caller's arguments, which are left as they are; null sends none unless the block uses values.</param>
    /// <param name="asJob">Whether it is to be started as a job.</param>
    /// <param name="whatIf">Whether the remote preference is switched on.</param>
    /// <param name="caller">Where values of <c>$using:</c> come from.</param>
    /// <param name="tell">Is told what is looked for.</param>
    public static RemoteScript Of(
        ScriptBlock block, IDictionary? given, bool asJob, bool whatIf, SessionState caller, Action<string> tell)
    {
        var text = block.ToString();
        var mayUse = UsingExpressions.MayBeIn(text);
        var arguments = Copy(given);
        if (mayUse || whatIf)
        {
            var script = new ScriptText(text);
            if (mayUse)
            {
                new UsingExpressions(new UsingValues(caller, tell), arguments, asJob).Rewrite(script);
            }

            if (whatIf)
            {
                script.InsertFirst(SwitchOnWhatIf);
            }

            text = script.ToString();
        }

        return new RemoteScript(
            asJob ? AsJob(text) : text,
            given is null && arguments.Count == 0 ? null : Serialize(arguments));
    }

    /// <summary>A script with arguments of the module's own.</summary>
    public static RemoteScript Of(string text, string name, object value) => Of(text, (name, value));

    /// <summary>The same with several.</summary>
    public static RemoteScript Of(string text, params (string Name, object Value)[] values)
    {
        var arguments = new Hashtable();
        foreach (var (name, value) in values)
        {
            arguments[name] = value;
        }

        return new RemoteScript(text, Serialize(arguments));
    }

    /// <summary>The call that runs it.</summary>
    public ScriptCall To(Target target, bool persistentSession, ScriptOptions options) => new()
    {
        Target = target,
        Script = Text,
        Arguments = Arguments,
        OutputFormat = options.Format,
        PersistentSession = persistentSession,
        StructuredErrors = options.StructuredErrors,
        CaptureStreams = options.CaptureStreams,
        MaxRetries = options.MaxRetries,
    };

    /// <summary>
    /// One statement that starts the job and returns its id (client-module.md 8.4). The line break keeps a comment at the end
    /// of the script from swallowing the brace.
    /// </summary>
    public static string AsJob(string text) =>
        $"Start-ScriptSession -ScriptBlock {{{text}\n}} -ArgumentList $params | Select-Object -ExpandProperty ID";

    private static string Serialize(Hashtable arguments) => PSSerializer.Serialize(arguments, Depth);

    private static Hashtable Copy(IDictionary? given)
    {
        var copy = new Hashtable(System.StringComparer.CurrentCultureIgnoreCase);
        if (given is not null)
        {
            foreach (DictionaryEntry entry in given)
            {
                copy[entry.Key] = entry.Value;
            }
        }

        return copy;
    }
}
