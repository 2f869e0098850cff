using System;
using System.IO;
using System.Management.Automation;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>docs/errors.md, the promise of stable error ids.</summary>
internal static class ErrorCatalogue
{
    private static readonly Lazy<string> Page = new(() => File.ReadAllText(Repository.File("docs", "errors.md")));

    /// <summary>The only error of a result, whose id must be a documented one.</summary>
    public static ErrorRecord OnlyErrorOf(ScriptResult result)
    {
        var error = result.SingleError();
        Assert.True(IsDocumented(error), result.Describe($"docs/errors.md has no id '{IdOf(error)}'."));
        return error;
    }

    /// <summary>
    /// The part of the id that is comparable (client-module.md 1.3): what stands before the first comma.
    /// </summary>
    public static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    private static bool IsDocumented(ErrorRecord error) => Page.Value.Contains($"`{IdOf(error)}`", StringComparison.Ordinal);
}
