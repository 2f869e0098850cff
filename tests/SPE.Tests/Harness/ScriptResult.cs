using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Text;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>What a script left behind: every stream of it, and how it ended.</summary>
public sealed class ScriptResult
{
    private readonly Func<string> _context;

    internal ScriptResult(Func<string> context) => _context = context;

    public required IReadOnlyList<PSObject?> Output { get; init; }

    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Verbose { get; init; }

    public required IReadOnlyList<string> Debug { get; init; }

    public required IReadOnlyList<string> Information { get; init; }

    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>The error that ended the script, or null.</summary>
    public required ErrorRecord? Terminating { get; init; }

    /// <summary>Whether the script was stopped from outside.</summary>
    public required bool Stopped { get; init; }

    /// <summary>The base objects of the output.</summary>
    public IReadOnlyList<object?> Values => [.. Output.Select(value => value?.BaseObject)];

    public ScriptResult NoErrors()
    {
        Assert.True(Errors.Count == 0 && Terminating is null && !Stopped, Describe("Expected no error."));
        return this;
    }

    /// <summary>The only output object, when there was no error.</summary>
    public PSObject OneObject()
    {
        NoErrors();
        Assert.True(Output.Count == 1 && Output[0] is not null, Describe("Expected one object."));
        return Output[0]!;
    }

    /// <summary>The base object of the only output object.</summary>
    public object Value => OneObject().BaseObject;

    /// <summary>The only error, when nothing ended the script.</summary>
    public ErrorRecord SingleError()
    {
        Assert.True(
            Errors.Count == 1 && Terminating is null && !Stopped,
            Describe("Expected exactly one non-terminating error."));
        return Errors[0];
    }

    /// <summary>The error that ended the script.</summary>
    public ErrorRecord TerminatingError()
    {
        Assert.True(Terminating is not null, Describe("Expected a terminating error."));
        return Terminating!;
    }

    /// <summary>The text of everything a user could see, to look for what must not be there.</summary>
    public string AllText()
    {
        var text = new StringBuilder();
        foreach (var line in Warnings.Concat(Verbose).Concat(Debug).Concat(Information))
        {
            text.AppendLine(line);
        }

        foreach (var error in Errors.Concat(Terminating is null ? [] : [Terminating]))
        {
            text.AppendLine(DescribeError(error)).AppendLine(error.Exception.ToString());
        }

        foreach (var value in Output)
        {
            text.AppendLine(value?.ToString());
        }

        return text.ToString();
    }

    internal string Describe(string headline) => $"{headline}\n{AllText()}\n{_context()}";

    private static string DescribeError(ErrorRecord error) =>
        $"ERROR {error} [{error.FullyQualifiedErrorId}] {error.CategoryInfo} {error.ErrorDetails} {error.TargetObject} {error.ScriptStackTrace}";
}
