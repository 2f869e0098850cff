using System;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using SPE.Tests.Transfers;
using Xunit;

namespace SPE.Tests.Failures;

/// <summary>client-module.md 8.7: -ErrorAction Stop and -ErrorVariable work on the errors of every command (CM-D-02, CM-D-07).</summary>
public sealed class ErrorActionTests
{
    private const string Id = "Spe.Remoting.Forbidden";

    public static TheoryData<PSLanguageMode, string> Commands => new()
    {
        { PSLanguageMode.FullLanguage, "Invoke-RemoteScript -Session $s -ScriptBlock { 1 }" },
        { PSLanguageMode.ConstrainedLanguage, "Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { 1 }" },
        { PSLanguageMode.FullLanguage, "Invoke-RemoteScript -ConnectionUri $uri -AccessToken t -OutputFormat Json -ScriptBlock { 1 }" },
        { PSLanguageMode.ConstrainedLanguage, "Wait-RemoteScriptSession -Session $s -Id job-1" },
        { PSLanguageMode.FullLanguage, "Wait-RemoteSitecoreJob -Session $s -Ids 'a;cm'" },
        { PSLanguageMode.ConstrainedLanguage, "Send-RemoteItem -Session $s -Path $file -RootPath App" },
        { PSLanguageMode.FullLanguage, "Receive-RemoteItem -Session $s -Path /a.txt -RootPath App -Destination $folder/" },
    };

    [Theory, MemberData(nameof(Commands))]
    public async Task StopEndsTheScript(PSLanguageMode mode, string command)
    {
        await using var server = ScriptedServer.Replying(403, "the reason", "", ("X-SPE-RequestId", "0a1b2c3d"));
        using var folder = new TransferFolder();
        using var shell = Open(server, folder, mode);
        var result = shell.Run($"{command} -ErrorAction Stop; 'not reached'");
        var error = result.TerminatingError();
        Assert.Equal(Id, ErrorCatalogue.IdOf(error));
        Assert.Empty(result.Output);
    }

    /// <summary>The record that is collected has target and correlation id.</summary>
    [Theory, MemberData(nameof(Commands))]
    public async Task VariableCollectsTheError(PSLanguageMode mode, string command)
    {
        await using var server = ScriptedServer.Replying(403, "the reason", "", ("X-SPE-RequestId", "0a1b2c3d"));
        using var folder = new TransferFolder();
        using var shell = Open(server, folder, mode);
        var result = shell.Run($"{command} -ErrorAction SilentlyContinue -ErrorVariable kept; $kept.Count; $kept[0]").NoErrors();
        Assert.Equal(1, result.Values[0]);
        var error = Assert.IsType<ErrorRecord>(result.Values[1]);
        Assert.Equal(Id, ErrorCatalogue.IdOf(error));
        Assert.Contains(server.Uri.Authority, error.CategoryInfo.TargetName, StringComparison.Ordinal);
        Assert.Equal("0a1b2c3d", error.Property("RemoteCorrelationId"));
        Assert.Contains("the reason", error.ToString(), StringComparison.Ordinal);
    }

    private static Shell Open(ScriptedServer server, TransferFolder folder, PSLanguageMode mode)
    {
        folder.With("sent.txt");
        var shell = Shell.Open(server, mode);
        shell.Set("file", folder.PathOf("sent.txt"));
        shell.Set("folder", folder.PathOf("."));
        return shell;
    }
}
