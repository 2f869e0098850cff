using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>
/// The issue: nothing in the module lets a caller in ConstrainedLanguage run code in FullLanguage. Each attempt reaches for a method that
/// such a caller may not call.
/// </summary>
public sealed class ConstrainedLanguageTests
{
    private const string Forbidden = "[System.IO.Path]::GetTempPath()";

    /// <summary>A control: the attempt itself is forbidden here, and would succeed in FullLanguage.</summary>
    [Fact]
    public void TheAttemptIsForbidden()
    {
        using var constrained = Shell.Open(PSLanguageMode.ConstrainedLanguage);
        using var full = Shell.Open();
        constrained.Run(Forbidden).TerminatingError();
        full.Run(Forbidden).NoErrors();
    }

    [Theory]
    [InlineData("Invoke-RemoteScript -ScriptBlock { " + Forbidden + " }")]
    [InlineData("Invoke-RemoteScript -ScriptBlock { $ExecutionContext.SessionState.LanguageMode = 'FullLanguage'; " + Forbidden + " }")]
    [InlineData("Invoke-RemoteScript -WhatIf -ScriptBlock { " + Forbidden + " }")]
    public void LocalBlockStaysConstrained(string script)
    {
        using var shell = Shell.Open(PSLanguageMode.ConstrainedLanguage);
        var result = shell.Run(script);
        Assert.True(result.Output.Count == 0 && (result.Errors.Count > 0 || result.Terminating is not null), result.Describe("Expected an error."));
    }

    [Theory]
    [InlineData("-OnVerbose { " + Forbidden + " }")]
    [InlineData("-OnCursor { " + Forbidden + " }")]
    public async Task CallbacksStayConstrained(string callback)
    {
        await using var server = StockServers.NineZero(WaitReplies.Of("Idle", true, 0, 1, "a.b"));
        using var shell = Shell.Open(server, PSLanguageMode.ConstrainedLanguage);
        var result = shell.Run($"Wait-RemoteScriptSession -Session $s -Id job-1 -OnError {{ }} {callback}");
        Assert.True(result.Terminating is not null || result.Errors.Count > 0, result.Describe("Expected an error."));
    }

    /// <summary>What comes over the wire or out of a document is data: a block in it is text.</summary>
    [Fact]
    public void BlocksOfDocumentsAreText()
    {
        using var shell = Shell.Open(PSLanguageMode.ConstrainedLanguage);
        shell.Set("text", "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><SBK>" + Forbidden + "</SBK></Objs>");
        Assert.IsType<string>(shell.Run("ConvertFrom-CliXml $text").Value);
    }

    /// <summary>Types and views of the module hold nothing that a caller could put a block of its own under.</summary>
    [Fact]
    public void CommandsThatAreNotExportedCannotBeCalled()
    {
        using var shell = Shell.Open(PSLanguageMode.ConstrainedLanguage);
        shell.Run("Write-SpeRecord 1").TerminatingError();
        shell.Run("Write-SpeMediaSyncNotice 1 2").TerminatingError();
    }

    /// <summary>The actions of media sync run in the session's own mode, and hold no text of the caller.</summary>
    [Fact]
    public async Task ActionsOfMediaSyncStayConstrained()
    {
        await using var fixture = new MediaSync.MediaSyncFixture();
        using var shell = fixture.Open(PSLanguageMode.ConstrainedLanguage);
        var command = shell.Run("(Start-MediaSyncWatcher $config)[0].Command").NoErrors().Value;
        Assert.Equal("& $event.MessageData.Command $event.MessageData.Job $event.SourceEventArgs", $"{command}");
    }
}
