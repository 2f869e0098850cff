using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>
/// client-module.md 8 and 9, wire-protocol.md 3.2 and 4: one script, from the cmdlet to the engine and back.
/// </summary>
public sealed class InvokeRemoteScriptTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory, BothLanguages]
    public void ValuesKeepTheirTypes(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Remote("'text'; 42; 3.5; $true; [datetime]'2026-05-02T08:15:30Z'");
        Assert.Equal(
            [typeof(string), typeof(int), typeof(double), typeof(bool), typeof(DateTime)],
            result.NoErrors().Values.Select(value => value!.GetType()));
        Assert.Equal(["text", 42, 3.5, true], result.Values.Take(4));
    }

    [Theory, BothLanguages]
    public void ObjectsComeBackWithTheirProperties(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            "Invoke-RemoteScript -Session $s -ScriptBlock { 1..3 | ForEach-Object { [pscustomobject]@{ Number = $_; Square = $_ * $_ } } }" +
            " | ForEach-Object { $_.Square }");
        Assert.Equal([1, 4, 9], values.NoErrors().Values);
    }

    /// <summary>
    /// client-module.md 9.1, MUST KEEP: one level is enumerated; a list in the list stays one object.
    /// </summary>
    [Fact]
    public void NestedListStaysOneObject()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("'a'; , @('b', 'c')").NoErrors();
        Assert.Equal(2, result.Output.Count);
        Assert.Equal(["b", "c"], ((IEnumerable)result.Values[1]!).Cast<object>().Select(value => value.ToString()));
    }

    /// <summary>wire-protocol.md 3.2.2: text is UTF-8 both ways.</summary>
    [Theory]
    [InlineData("\u00e9\u4e16\ud83d\ude00 \"quoted\" 'single' `tick <xml> & #>")]
    [InlineData("line one\nline two\ttab")]
    public void TextSurvivesTheWay(string text)
    {
        using var shell = Shell.Open(server);
        shell.Set("text", text);
        Assert.Equal(text, shell.Remote("$params.text", "-Arguments @{ text = $text }").Value);
        Assert.Equal(text, shell.Remote("$using:text").Value);
    }

    [Fact]
    public void NullOutputIsANullElement()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("$null; 'after'").NoErrors();
        Assert.Equal([null, "after"], result.Values);
    }

    [Fact]
    public void NoOutputIsNothing()
    {
        using var shell = Shell.Open(server);
        Assert.Empty(shell.Remote("$x = 1").NoErrors().Output);
    }

    [Theory, BothLanguages]
    public void ArgumentsArriveAsParams(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            "Invoke-RemoteScript -Session $s -ScriptBlock { $params.name; $params.list.Count; $params.deep.inner }" +
            " -Arguments @{ name = 'n'; list = 1, 2, 3; deep = @{ inner = 'i' } }");
        Assert.Equal(["n", 3, "i"], values.NoErrors().Values);
    }

    /// <summary>CM-D-40: ordered tables bind; client-module.md 8: ArgumentList is an alias.</summary>
    [Theory]
    [InlineData("-Arguments ([ordered]@{ a = 1; b = 2 })")]
    [InlineData("-ArgumentList @{ a = 1; b = 2 }")]
    public void OtherShapesOfArgumentsBind(string arguments)
    {
        using var shell = Shell.Open(server);
        Assert.Equal(
            3,
            shell.Run($"Invoke-RemoteScript -Session $s -ScriptBlock {{ $params.a + $params.b }} {arguments}").Value);
    }

    /// <summary>client-module.md 8.1: an empty table also counts as arguments.</summary>
    [Fact]
    public void EmptyArgumentsAreAnEmptyTable()
    {
        using var shell = Shell.Open(server);
        Assert.Equal(0, shell.Remote("$params.Count", "-Arguments @{}").Value);
    }

    /// <summary>wire-protocol.md 4.2: outputs are joined without a separator, lists by spaces.</summary>
    [Theory, BothLanguages]
    public void RawIsOneText(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        Assert.Equal("1231 2", shell.Remote("1; 2; 3; , @(1, 2)", "-Raw").Value);
    }

    /// <summary>client-module.md 9.2: errors behind the marker of a raw reply go to the error stream.</summary>
    [Fact]
    public void RawRoutesErrorsToTheErrorStream()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("'text'; Write-Error 'raw trouble'", "-Raw");
        Assert.Equal("raw trouble", result.SingleError().ToString());
        Assert.Equal(["text"], result.Values);
    }

    /// <summary>WP-D-24: $null in a raw output is skipped.</summary>
    [Fact]
    public void RawSkipsNull()
    {
        using var shell = Shell.Open(server);
        Assert.Equal("ab", shell.Remote("'a'; $null; 'b'", "-Raw").Value);
    }

    /// <summary>
    /// decisions.md HTTP/Q-11 and client-module.md 8: an empty script block is refused with one error, WP-D-24.
    /// </summary>
    [Theory, BothLanguages]
    public void BlankScriptIsAnError(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run("Invoke-RemoteScript -Session $s -ScriptBlock { }"));
        Assert.NotEqual("", error.ToString());
        Assert.Equal(2, shell.Remote("1 + 1").Value);
    }

    /// <summary>CM-D-27: a missing script block is a clear error.</summary>
    [Fact]
    public void MissingScriptBlockIsAnError()
    {
        using var shell = Shell.Open(server);
        var result = shell.Run("Invoke-RemoteScript -Session $s");
        Assert.Contains(
            "ScriptBlock", (result.Terminating ?? result.SingleError()).ToString(), StringComparison.Ordinal);
    }

    /// <summary>wire-protocol.md 5.2: a persistent session keeps its variables.</summary>
    [Theory, BothLanguages]
    public void PersistentSessionKeepsVariables(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            """
            $s.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept = 17; function Get-Kept { "function $kept" } }
            Invoke-RemoteScript -Session $s -ScriptBlock { $kept; Get-Kept }
            """);
        Assert.Equal([17, "function 17"], values.NoErrors().Values);
        shell.Run("Stop-ScriptSession -Session $s").NoErrors();
    }

    /// <summary>
    /// wire-protocol.md 5.2 and engine-notes.md 1: nothing of a throw-away call is left, functions included.
    /// </summary>
    [Fact]
    public void ThrowAwaySessionKeepsNothing()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            Invoke-RemoteScript -Session $s -ScriptBlock { $global:left = 17; function global:Get-Left { 17 } }
            Invoke-RemoteScript -Session $s -ScriptBlock { $null -eq $left; $null -eq (Get-Command Get-Left -ErrorAction Ignore) }
            """);
        Assert.Equal([true, true], values.NoErrors().Values);
    }

    [Fact]
    public void TwoSessionsDoNotSeeEachOther()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $t = New-ScriptSession @login
            $s.PersistentSession = $true; $t.PersistentSession = $true
            Invoke-RemoteScript -Session $s -ScriptBlock { $global:mine = 's' }
            Invoke-RemoteScript -Session $t -ScriptBlock { $null -eq $mine; $global:mine = 't' }
            Invoke-RemoteScript -Session $s -ScriptBlock { $mine }
            Stop-ScriptSession -Session $s; Stop-ScriptSession -Session $t
            """);
        Assert.Equal([true, "s"], values.NoErrors().Values);
    }

    /// <summary>
    /// client-module.md 8.1 step 8: the Uri set needs nothing but an address and a credential (CM-D-42).
    /// </summary>
    [Theory, BothLanguages]
    public void UriSetWorksWithoutASession(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var value = shell.Run("Invoke-RemoteScript @login -ScriptBlock { 'direct' }");
        Assert.Equal("direct", value.Value);
    }

    /// <summary>CM-D-25: -SessionId of the Uri set is honoured.</summary>
    [Fact]
    public async System.Threading.Tasks.Task UriSetSendsTheGivenSessionId()
    {
        await using var recorder = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(recorder);
        shell.Run("Invoke-RemoteScript @login -SessionId given-1 -ScriptBlock { 1 }").NoErrors();
        Assert.Contains("sessionId=given-1&", recorder.Requests.Single().Target, StringComparison.Ordinal);
    }

    /// <summary>decisions.md, InProcess set: the caller's own block runs here, and nothing is sent.</summary>
    [Theory, BothLanguages]
    public void WithoutAConnectionTheBlockRunsHere(PSLanguageMode mode)
    {
        using var shell = Shell.Open(mode);
        var values = shell.Run("$here = 5; Invoke-RemoteScript -ScriptBlock { $here * 2 }");
        Assert.Equal(10, values.Value);
    }

    /// <summary>
    /// client-module.md 8.1 step 2: -WhatIf still sends the script; only the remote preference changes.
    /// </summary>
    [Fact]
    public void WhatIfSetsTheRemotePreferenceOnly()
    {
        using var shell = Shell.Open(server);
        Assert.Equal([true], shell.Remote("[bool]$WhatIfPreference", "-WhatIf").NoErrors().Values);
        Assert.Equal([false], shell.Remote("[bool]$WhatIfPreference", "-WhatIf:$false").NoErrors().Values);
    }

    /// <summary>A pipeline that has enough ends the command without an error.</summary>
    [Theory, BothLanguages]
    public void PipelineThatStopsEarlyIsNoError(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        Assert.Equal([1, 2], shell.Remote("1..100", "| Select-Object -First 2").NoErrors().Values);
    }

    /// <summary>client-module.md 24, repeated use.</summary>
    [Fact]
    public void TwentyCyclesOfCreateInvokeStopSucceed()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            foreach ($turn in 1..20) {
                $t = New-ScriptSession @login
                $t.PersistentSession = $true
                Invoke-RemoteScript -Session $t -ScriptBlock { $using:turn * 2 }
                Stop-ScriptSession -Session $t
            }
            """);
        Assert.Equal(Enumerable.Range(1, 20).Select(turn => (object)(turn * 2)), values.NoErrors().Values);
    }
}
