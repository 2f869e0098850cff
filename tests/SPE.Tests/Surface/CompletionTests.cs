using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>The issue: completion where the specification has value sets or ids, without asking a server.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("New-ScriptSession -Algorithm ", "HS256", "HS384", "HS512")]
    [InlineData("New-Jwt -Algorithm HS3", "HS384")]
    [InlineData("Send-RemoteItem -RootPath L", "Layout", "Log")]
    [InlineData("Receive-RemoteItem -RootPath S", "Serialization")]
    [InlineData("Invoke-RemoteScript -OutputFormat ", "CliXml", "Json", "Raw")]
    public void ValueSetsAreCompleted(string input, params string[] expected)
    {
        using var shell = Shell.Open();
        Assert.Equal(expected, Complete(shell, input));
    }

    /// <summary>The newest job comes first, and what is typed already counts.</summary>
    [Theory, BothLanguages]
    public async Task IdsOfStartedJobsAreCompleted(PSLanguageMode mode)
    {
        var unique = Guid.NewGuid().ToString("N");
        await using var server = new ScriptedServer(exchange => exchange.Reply(200, "OK", $"{unique}-{exchange.Index}"));
        using var shell = Shell.Open(server, mode);
        shell.Run("1..2 | ForEach-Object { Invoke-RemoteScript -Session $s -AsJob -Raw -ScriptBlock { 1 } }").NoErrors();
        var asked = server.Requests.Count;
        var ids = Complete(shell, $"Wait-RemoteScriptSession -Session $s -Id {unique}");
        Assert.Equal([$"{unique}-1", $"{unique}-0"], ids);
        Assert.Equal(asked, server.Requests.Count);
    }

    /// <summary>What is no job is not offered.</summary>
    [Fact]
    public async Task OutputOfScriptsIsNoJob()
    {
        var unique = Guid.NewGuid().ToString("N");
        await using var server = ScriptedServer.Replying(200, "OK", unique);
        using var shell = Shell.Open(server);
        shell.Remote("1", "-Raw").NoErrors();
        Assert.DoesNotContain(unique, Complete(shell, $"Wait-RemoteScriptSession -Id {unique}"));
    }

    private static IEnumerable<string> Complete(Shell shell, string input) =>
        shell.Complete(input).CompletionMatches.Select(match => match.CompletionText);
}
