using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>Going on where a wait left off: client-module.md 12.3, wire-protocol.md 6.8.</summary>
public sealed class CursorTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>A saved cursor replays only what came later, while the job is there.</summary>
    [Theory, BothLanguages]
    public async Task SavedCursorReplaysOnlyLaterRecords(PSLanguageMode mode)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server, mode);
        shell.StartJob(beacon.Around(
            $"Write-Warning 'one'; Write-Warning 'two'; {Beacon.AwaitRelease}; Write-Warning 'three'; 'end'"));
        var first = shell.Start(
            """
            Wait-RemoteScriptSession -Session $s -Id $id -OnWarning { param($r) $global:last = $r.Message } -OnCursor {
                param($cursor) $global:saved = $cursor; Write-Information "at $global:last" }
            """);
        using var signal = await beacon.Arrival();
        await first.Said("at two");
        await first.Stop();
        signal.Release();

        var second = shell.WaitForJob(
            "-Cursor $saved -OnWarning { param($r) Write-Information \"$($r.Sequence) $($r.Message)\" }");
        Assert.Equal("end", second.OneObject().ToString());
        Assert.Equal(["2 three"], second.Information);
    }

    /// <summary>CM-D-18: OnCursor alone counts as wanting streams.</summary>
    [Theory, BothLanguages]
    public void OnCursorAloneFires(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("Write-Warning 'w'");
        var result = shell.WaitForJob("-OnCursor { param($c) Write-Information \"cursor $c\" }").NoErrors();
        Assert.NotEmpty(result.Information);
        Assert.All(result.Information, line => Assert.Matches(@"^cursor \S+\.\S+$", line));
    }

    /// <summary>client-module.md 12.3: what the block puts out is output of the command, before the results.</summary>
    [Theory, BothLanguages]
    public void OutputOfOnCursorIsOutput(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        shell.StartJob("Write-Warning 'w'; 'result'");
        var output = shell.WaitForJob("-OnCursor { param($c) 'cursor'; $null }").NoErrors().Output.Select(item => item?.ToString());
        Assert.Equal(["cursor", null, "result"], output);
    }

    /// <summary>client-module.md 12.3: called only when the cursor changed.</summary>
    [Fact]
    public void OnCursorIsCalledOnlyForChanges()
    {
        using var shell = Shell.Open(server);
        shell.StartJob("foreach ($n in 1..5) { Write-Warning $n; Start-Sleep -Milliseconds 250 }");
        var result = shell.WaitForJob("-OnCursor { param($c) Write-Information $c }");
        Assert.Equal(result.NoErrors().Information.Distinct(), result.Information);
    }

    /// <summary>
    /// wire-protocol.md 6.8: a cursor is bound to its job and signed; the command says what is wrong, CM-D-07.
    /// </summary>
    [Theory]
    [InlineData("nonsense")]
    [InlineData("eyJzIjoiMTExMTExMTEtMjIyMi0zMzMzLTQ0NDQtNTU1NTU1NTU1NTU1IiwibyI6NX0.nuH9QwWd0kX3lVld0X5c-H9Dc7nhjwW_4lXKD-st_Qk")]
    public async Task ForgedCursorIsAnError(string cursor)
    {
        using var beacon = new Beacon();
        using var shell = Shell.Open(server);
        shell.Set("cursor", cursor);
        shell.StartJob(beacon.Around(Beacon.AwaitRelease));
        using var job = await beacon.Arrival();
        var error = ErrorCatalogue.OnlyErrorOf(shell.WaitForJob("-Cursor $cursor"));
        Assert.Contains("cursor", error.ToString(), StringComparison.OrdinalIgnoreCase);
        job.Release();
    }

    /// <summary>The cursor of one job is no cursor of another.</summary>
    [Fact]
    public void ForeignCursorIsAnError()
    {
        using var shell = Shell.Open(server);
        var result = shell.Run(
            """
            $a = Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { Write-Warning 'w' }
            $b = Invoke-RemoteScript -Session $s -AsJob -ScriptBlock { Write-Warning 'w' }
            $null = Wait-RemoteScriptSession -Session $s -Id $a -OnCursor { param($c) $global:foreign = $c }
            Wait-RemoteScriptSession -Session $s -Id $b -Cursor $global:foreign
            """);
        ErrorCatalogue.OnlyErrorOf(result);
    }
}
