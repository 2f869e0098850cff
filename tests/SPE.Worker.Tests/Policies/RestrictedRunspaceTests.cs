using System;
using System.Linq;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Policies;

/// <summary>
/// The second layer: scripts that came past the scan find nothing to use (engine-notes.md 4; the hardening list of restricted
/// sessions). None of these was scanned.
/// </summary>
public sealed class RestrictedRunspaceTests(TestWorker worker) : IClassFixture<TestWorker>
{
    private static readonly Order Restricted = Order.Restricted("Get-Date", "ForEach-Object", "Where-Object", "Get-Location", "Get-Variable");

    [Theory]
    [InlineData("(Get-Date).Year -gt 2000", "True")]
    [InlineData("(Microsoft.PowerShell.Utility\\Get-Date).Year -gt 2000", "True")]
    [InlineData("1, 2 | % { $_ * 2 } | ? { $_ -gt 2 }", "4")]
    [InlineData("'abc' | Select-Object Length | ConvertTo-Json -Compress", "{\"Length\":3}")]
    [InlineData("1 | Out-String | % Trim", "1")]
    [InlineData("$ExecutionContext.SessionState.LanguageMode", "ConstrainedLanguage")]
    [InlineData("$RemotingPolicy.AllowedCommands.Count", "5")]
    [InlineData("$RemotingPolicy.FullLanguage", "False")]
    [InlineData("function f { Write-Output 'own' } f", "own")]
    [InlineData("echo 'aliased'", "aliased")]
    public void WhatIsAllowedWorks(string script, string expected) => Assert.Equal([expected], worker.Run(script, Restricted).Texts);

    /// <summary>4.7 and 7.4: what clients of version 8 put in front of their scripts.</summary>
    [Fact]
    public void CaptureFunctionsOfOldClientsWork()
    {
        const string Script = "function Write-Warning { param([string]$Message) $WarningPreference = 'Continue'; Microsoft.PowerShell.Utility\\Write-Warning -Message $Message 3>&1 }; Write-Warning 'told'";
        Assert.Equal(["told"], worker.Run(Script, Restricted).Texts);
    }

    [Theory]
    [InlineData("captured")]
    [InlineData("text")]
    public void OutputIsWrittenInEveryForm(string form)
    {
        var order = form == "text" ? Restricted with { Format = "raw" } : Restricted with { CaptureStreams = true };
        var result = worker.Run("Write-Warning w; Write-Verbose v; @{ Name = 'n' }; Get-Date", order);
        Assert.Equal("completed", result.Outcome);
        Assert.Contains("n", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Each is an error, of a command or a member that is not there, and does nothing.</summary>
    [Theory]
    [InlineData("Get-Process")]
    [InlineData("gci /")]
    [InlineData("Get-ChildItem /")]
    [InlineData("Microsoft.PowerShell.Management\\Get-ChildItem /")]
    [InlineData("Microsoft.PowerShell.Utility\\Invoke-Expression '1'")]
    [InlineData("Invoke-Expression '1'")]
    [InlineData("iex '1'")]
    [InlineData("& ('Invoke-' + 'Expression') '1'")]
    [InlineData("Get-Command")]
    [InlineData("Import-Module Microsoft.PowerShell.Management")]
    [InlineData("& { $PSModuleAutoLoadingPreference = 'All'; Get-ChildItem / }")]
    [InlineData("$global:PSModuleAutoLoadingPreference = 'All'; Get-ChildItem /")]
    [InlineData("/bin/echo 1")]
    [InlineData("echo.exe 1")]
    [InlineData("pwsh -c 1")]
    [InlineData("sh -c 'echo 1'")]
    [InlineData("& '/bin/sh' -c 'echo 1'")]
    [InlineData(". /tmp/none.ps1")]
    [InlineData("$env:PATH = 'x'")]
    [InlineData("${function:f} = { 1 }")]
    [InlineData("${alias:f} = 'Get-Process'")]
    [InlineData("Set-Alias f Get-Process")]
    [InlineData("Add-Type 'public class C { }'")]
    [InlineData("Update-TypeData -TypeName x -MemberName y -Value 1 -MemberType NoteProperty")]
    [InlineData("Get-Runspace")]
    [InlineData("Debug-Runspace 1")]
    [InlineData("Enter-PSHostProcess 1")]
    [InlineData("Trace-Command x { 1 }")]
    [InlineData("Start-Job { 1 }")]
    [InlineData("Start-ThreadJob { 1 }")]
    [InlineData("1 &")]
    [InlineData("New-Module { 1 }")]
    [InlineData("Register-ArgumentCompleter -CommandName Get-Date -ParameterName x -ScriptBlock { 1 }")]
    [InlineData("[scriptblock]::Create('Get-Process')")]
    [InlineData("$ExecutionContext.InvokeCommand.InvokeScript('1')")]
    [InlineData("$ExecutionContext.InvokeCommand.GetCommand('Get-Process', 'All')")]
    [InlineData("$ExecutionContext.SessionState.Applications.Add('*')")]
    [InlineData("$ExecutionContext.SessionState.LanguageMode = 'FullLanguage'")]
    [InlineData("$ExecutionContext.SessionState.InvokeCommand.CommandNotFoundAction = { 1 }")]
    [InlineData("{ 1 }.GetSteppablePipeline()")]
    [InlineData("[System.Diagnostics.Process]::GetCurrentProcess()")]
    [InlineData("[System.IO.File]::ReadAllText('/etc/hostname')")]
    [InlineData("$Host | ForEach-Object -MemberName SetShouldExit 1")]
    [InlineData("$ExecutionContext.InvokeCommand | ForEach-Object InvokeScript '1'")]
    [InlineData("class C { }")]
    [InlineData("using module Microsoft.PowerShell.Management; 1")]
    [InlineData("Start-ScriptSession { 1 }")]
    public void WhatIsNotAllowedIsNotThere(string script)
    {
        var result = worker.Run(script, Restricted);
        Assert.True(result.HadErrors || result.Outcome == "failed", result.Output);
        Assert.All(Enumerable.Range(0, result.Objects.Count), index => Assert.Contains("ErrorRecord", result.TypeOf(index), StringComparison.Ordinal));
    }

    /// <summary>Engine-notes 4: what was only hidden, a script block, a function or a loop would reach.</summary>
    [Theory]
    [InlineData("& { Get-ChildItem / }")]
    [InlineData("function f { Get-ChildItem / } f")]
    [InlineData("1 | ForEach-Object { Get-ChildItem / }")]
    [InlineData("1 | Where-Object { Get-ChildItem / }")]
    [InlineData("1 | Select-Object @{ n = 'x'; e = { Get-ChildItem / } } | % x")]
    [InlineData("Get-Variable ExecutionContext | Select-Object @{ n = 'x'; e = { Get-ChildItem / } } | % { $_.x }")]
    public void NothingReachesWhatWasRemoved(string script) =>
        Assert.DoesNotContain(worker.Run(script, Restricted).Texts, text => text.Contains("etc", StringComparison.Ordinal));

    /// <summary>No environment, no functions and no aliases to read.</summary>
    [Theory]
    [InlineData("$env:PATH")]
    [InlineData("${function:prompt}")]
    [InlineData("${alias:gci}")]
    [InlineData("${env:HOME}")]
    public void NoProviderIsThereToRead(string script) => Assert.DoesNotContain(worker.Run(script, Restricted).Texts, text => text.Length > 0 && text != "(null)");

    /// <summary>A session is bound to what it began with; the lists of two policies never meet in one runspace.</summary>
    [Fact]
    public void KeptRunspaceOfOtherCommandsIsNotReused()
    {
        using var own = new TestWorker();
        var first = Order.Restricted("Get-Date") with { KeepRunspace = true };
        own.Run("$x = 1", first);
        Assert.Equal(["1"], own.Run("$x", first).Texts);
        Assert.Equal(["(null)"], own.Run("$x", Order.Restricted("Get-Location") with { KeepRunspace = true }).Texts);
        Assert.True(own.Run("Get-Date", Order.Restricted("Get-Location") with { KeepRunspace = true }).HadErrors);
        Assert.False(own.Run("Get-Date", Order.Kept).HadErrors);
    }

    /// <summary>Commands bound nothing in FullLanguage, so with them the mode is never that.</summary>
    [Fact]
    public void CommandsMeanConstrainedLanguage()
    {
        var order = Restricted with { LanguageMode = "FullLanguage" };
        Assert.Equal(["ConstrainedLanguage"], worker.Run("$ExecutionContext.SessionState.LanguageMode", order).Texts);
    }

    /// <summary>An object that came as CLIXML is a bag of values, whatever type it says it is.</summary>
    [Theory]
    [InlineData("$params.Kill()")]
    [InlineData("$params.MainModule.FileName; $params | ForEach-Object -MemberName Kill; throw 'nothing was done'")]
    [InlineData("$params.CloseMainWindow()")]
    public void DeserialisedObjectsDoNothing(string script)
    {
        var order = Restricted with
        {
            Arguments = CliXml.Of(
                "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Diagnostics.Process</T><T>System.Object</T></TN><MS><S N=\"Name\">x</S></MS></Obj>"),
        };
        var result = worker.Run(script, order);
        Assert.True(result.HadErrors || result.Outcome == "failed", result.Output);
        Assert.Equal(["x"], worker.Run("$params.Name", order).Texts);
    }

    /// <summary>Arguments of a job are variables; none of them is one that steers the engine.</summary>
    [Theory]
    [InlineData("PSModuleAutoLoadingPreference")]
    public void ArgumentsDoNotSteerTheEngine(string name)
    {
        var order = Restricted with { Kind = "job", ArgumentsAs = "variables", Arguments = CliXml.Table(name, "All") };
        Assert.Equal("failed", worker.Run("1", order).Outcome);
    }
}
