using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using SPE.Session;

namespace SPE.Completion;

/// <summary>
/// Ids of jobs that were started here: those of the session, where it is known at the time, else all, the newest first. No server is
/// asked.
/// </summary>
public sealed class JobIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var session = fakeBoundParameters?["Session"] as PSObject;
        var typed = (wordToComplete ?? "").Trim('\'', '"');
        return StartedJobs.Of(session is null ? null : Remote.MemoryOf(session))
            .Where(job => job.Id.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(job => new CompletionResult(job.Id, job.Id, CompletionResultType.ParameterValue, $"Started at {job.Started:T}"));
    }
}
