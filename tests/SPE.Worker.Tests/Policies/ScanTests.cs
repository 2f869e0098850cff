using System.Linq;
using System.Text.Json;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Policies;

/// <summary>What a script under a policy is refused for before it runs (wire-protocol.md 7.3 and 7.4, WP-D-40).</summary>
public sealed class ScanTests(TestWorker worker) : IClassFixture<TestWorker>
{
    private static readonly string[] Listed = ["Get-Date", "Get-ChildItem", "ForEach-Object", "Where-Object", "Start-ScriptSession", "Own\\Get-Thing"];

    /// <summary>What people write who mean no harm.</summary>
    [Theory]
    [InlineData("1 + 1")]
    [InlineData("Get-Date; get-date")]
    [InlineData("& 'Get-Date'; & \"Get-Date\"; Get`-Date; . Get-Date")]
    [InlineData("gci | % { $_.Name } | ? { $_ -like 'a*' } | select -First 1")]
    [InlineData("dir | foreach { $_ } | where Length -gt 1")]
    [InlineData("Microsoft.PowerShell.Utility\\Get-Date; Microsoft.PowerShell.Core\\Out-Null")]
    [InlineData("Own\\Get-Thing; Get-Thing")]
    [InlineData("function f($x) { Get-Date } f 1; function global:g { f } g")]
    [InlineData("f; function f { function inner { 1 } inner }")]
    [InlineData("filter twice { $_ * 2 } 1 | twice")]
    [InlineData("function Write-Debug([string]$Message) { Microsoft.PowerShell.Utility\\Write-Debug -Message $Message 5>&1 }; Write-Debug x")]
    [InlineData("param([string]$a = 'x', [int[]]$b, [switch]$c) $a")]
    [InlineData("function f { [CmdletBinding()] [OutputType([string])] param([Parameter(Mandatory = $true)][ValidateSet('a', 'b')][string] $a) $a } f a")]
    [InlineData("$h = @{ a = 1; b = { Get-Date } }; $h.a = 2; $h['c'] = 3; [pscustomobject]$h; [ordered]@{ x = 1 }")]
    [InlineData("if ($a) { 1 } elseif ($b) { 2 } else { 3 } while ($false) { break } do { 1 } until ($true) do { 1 } while ($false) for ($i = 0; $i -lt 2; $i++) { continue }")]
    [InlineData("foreach ($x in 1..3) { $x } switch ($x) { 1 { 'a' } default { 'b' } }")]
    [InlineData("try { throw 'x' } catch [System.Net.WebException] { 1 } catch { $_ } finally { 2 } trap { continue }")]
    [InlineData("Get-Date 2>&1 | Out-Null; Get-Date 2>$null > $NULL")]
    [InlineData("\"$(Get-Date) $x $($y.Name) ${z}\"; 'a' -replace 'b', 'c'; 'a' -f 1; -join 'a'; !$x; $x++; ,1; @(1); $x[0]; $x[-1]")]
    [InlineData("'a'.ToUpper().Trim(); 'a,b'.Split(','); (Get-Date).AddDays(-1).ToString('yyyy')")]
    [InlineData("[int]'1'; [string[]]@(1); [datetime]::UtcNow; [math]::Round(1.5); [string]::IsNullOrEmpty('a'); $x -is [int]; '1' -as [int]; [guid]::NewGuid(); [System.Int32]1; [Nullable[int]]1")]
    [InlineData("$ExecutionContext.SessionState.LanguageMode; $PSVersionTable.PSVersion; $RemotingPolicy.AllowedCommands; $params.name; $global:x = 1; $script:y")]
    [InlineData("$true ? 1 : 2; Get-Date && Get-Date || Get-Date; $x ?? 1; ${x}?.Name")]
    [InlineData("#requires -Version 5.1\n# a comment: using nothing\nGet-Date")]
    [InlineData("Write-Host 'Done using 3 files'")]
    [InlineData("Get-ChildItem @params")]
    [InlineData("Get-ChildItem | ForEach-Object -Begin { 1 } -Process { 2 } -End { 3 } -ErrorAction Stop")]
    [InlineData("ForEach-Object -InputObject 1 { $_ }")]
    [InlineData("Start-ScriptSession { Get-Date } -ArgumentList @{ a = 1 }")]
    [InlineData("exit 3")]
    [InlineData("\uFEFFGet-Date")]
    [InlineData("")]
    public void IsAllowed(string script)
    {
        var verdict = worker.Scan(script, Listed);
        Assert.True("allowed" == verdict.Header.GetProperty("verdict").GetString(), verdict.Header.ToString());
    }

    [Theory]
    [InlineData("Get-Process", "Get-Process")]
    [InlineData("Get-Date\n  Get-Process", "Get-Process", 2, 3)]
    [InlineData("gps", "gps")]
    [InlineData("Get`-Process; & 'Get-Process'", "Get-Process")]
    [InlineData("& \"Get-Process\"", "Get-Process")]
    [InlineData("Get\u2013Process", "Get\u2013Process")]
    [InlineData("Get\u2013Date", "Get\u2013Date")]
    [InlineData("Microsoft.PowerShell.Management\\Get-Process", "Microsoft.PowerShell.Management\\Get-Process")]
    [InlineData("Evil\\Get-Date", "Evil\\Get-Date")]
    [InlineData("..\\Microsoft.PowerShell.Utility\\Get-Date", "..\\Microsoft.PowerShell.Utility\\Get-Date")]
    [InlineData("/bin/sh -c id", "/bin/sh")]
    [InlineData("sh -c id", "sh")]
    [InlineData("./Get-Date.ps1", "./Get-Date.ps1")]
    [InlineData(". ./x.ps1", "./x.ps1")]
    [InlineData("Get-Dat?", "Get-Dat?")]
    [InlineData("& $x", "(dynamic invocation)")]
    [InlineData(". $x", "(dynamic invocation)")]
    [InlineData("& ('Get-' + 'Date')", "(dynamic invocation)")]
    [InlineData("& \"Get-$x\"", "(dynamic invocation)")]
    [InlineData("& { Get-Date }", "(dynamic invocation)")]
    [InlineData("Get-Command | & $_", "Get-Command")]
    [InlineData("& (Get-Command Get-Process)", "(dynamic invocation)")]
    [InlineData("Invoke-Expression 'Get-Process'", "Invoke-Expression")]
    [InlineData("iex 'Get-Process'", "iex")]
    [InlineData("Set-Alias Get-Date Get-Process; Get-Date", "Set-Alias")]
    [InlineData("$alias:x = 'Get-Process'; x", "$alias:x")]
    [InlineData("${function:Get-Date} = { 1 }", "$function:Get-Date")]
    [InlineData("${env:PATH}", "$env:PATH")]
    [InlineData("\"$env:PATH\"", "$env:PATH")]
    [InlineData("${FileSystem::/etc/passwd}", "$FileSystem::/etc/passwd")]
    [InlineData("function Get-Thing2 { 1 } function f { Remove-Item x }", "Remove-Item")]
    [InlineData("Get-Process; function Get-Process { 1 }", "Get-Process")]
    [InlineData("function Remove-Item { 1 }", "Remove-Item")]
    [InlineData("Get-History; function Get-History { 1 }", "Get-History")]
    [InlineData("function iex { 1 }", "iex")]
    [InlineData("function /bin/sh { 1 } /bin/sh", "/bin/sh")]
    [InlineData("function alias:x { 1 }", "alias:x")]
    [InlineData("Get-Date | ForEach-Object Ticks", "ForEach-Object")]
    [InlineData("Get-Date | % ToString", "ForEach-Object")]
    [InlineData("Get-Date | ForEach-Object -MemberName Kill", "ForEach-Object -MemberName")]
    [InlineData("1 | ForEach-Object -Parallel { 1 }", "ForEach-Object -Parallel")]
    [InlineData("1 | ForEach-Object -Pa { 1 }", "ForEach-Object -Pa")]
    [InlineData("1 | ForEach-Object -Process $x", "ForEach-Object")]
    [InlineData("1 | ForEach-Object $x", "ForEach-Object")]
    [InlineData("1 | ForEach-Object { 1 } @x", "ForEach-Object")]
    [InlineData("1 | ForEach-Object -Process { 1 }, 'Kill'", "ForEach-Object")]
    [InlineData("1 | ForEach-Object", "ForEach-Object")]
    [InlineData("$x.Kill()", "(method Kill)")]
    [InlineData("$x.$y()", "(method without a name)")]
    [InlineData("{ 1 }.Invoke()", "(method Invoke)")]
    [InlineData("{ 1 }.GetSteppablePipeline()", "(method GetSteppablePipeline)")]
    [InlineData("(1, 2).ForEach('Kill')", "(method ForEach)")]
    [InlineData("(1, 2).Where({ 1 })", "(method Where)")]
    [InlineData("$ExecutionContext.InvokeCommand.InvokeScript('1')", "(method InvokeScript)")]
    [InlineData("$ExecutionContext.SessionState.Applications.Add('*')", "(method Add)")]
    [InlineData("[scriptblock]::Create('1')", "(method Create)")]
    [InlineData("[System.Diagnostics.Process]::GetCurrentProcess()", "(method GetCurrentProcess)")]
    [InlineData("[Environment]::CommandLine", "(static member CommandLine)")]
    [InlineData("[Environment]", "[Environment]")]
    [InlineData("[psobject].Assembly; [type]'x'", "[type]")]
    [InlineData("$t = 'x'; $t::Exit(0)", "(method Exit)")]
    [InlineData("[int]::$x", "(static member without a name)")]
    [InlineData("[math, Evil]::Pow(1, 2)", "(method Pow)")]
    [InlineData("[System.IO.FileInfo]'/etc/passwd'", "[System.IO.FileInfo]")]
    [InlineData("[wmi]''; [adsi]''", "[wmi]")]
    [InlineData("'x' -as 'System.IO.FileInfo'", "(type by its name)")]
    [InlineData("'x' -is $t", "(type by its name)")]
    [InlineData("[Collections.Generic.List[string]]::new()", "(method new)")]
    [InlineData("try { 1 } catch [X, Evil] { 2 }", "[X,Evil]")]
    [InlineData("class C { }", "(TypeDefinition)")]
    [InlineData("enum E { A }", "(TypeDefinition)")]
    [InlineData("using module Evil", "using")]
    [InlineData("using namespace System.IO\nGet-Date", "using")]
    [InlineData("using assembly /tmp/x.dll", "using")]
    [InlineData("# first\n<# then #> using module Evil", "using", 2, 12)]
    [InlineData("\u00A0\n;; USING\u00A0module Evil", "using", 2, 4)]
    [InlineData("#requires -Modules Evil\nGet-Date", "#requires")]
    [InlineData("data x { 1 }", "(DataStatement)")]
    [InlineData("$h = @{ a = { Get-Process } }", "Get-Process")]
    [InlineData("param($x = (Get-Process))", "Get-Process")]
    [InlineData("function f { param($x = $(Get-Process)) } f", "Get-Process")]
    [InlineData("function f { param([ValidateScript({ Get-Process })]$x) } f 1", "Get-Process")]
    [InlineData("param([ArgumentCompleter({ 1 })]$x)", "[ArgumentCompleter()]")]
    [InlineData("Register-ArgumentCompleter -CommandName Get-Date -ScriptBlock { 1 }", "Register-ArgumentCompleter")]
    [InlineData("Register-EngineEvent x -Action { Get-Process }", "Register-EngineEvent")]
    [InlineData("Start-ScriptSession { Get-Process }", "Get-Process")]
    [InlineData("Get-Date | Where-Object { Get-Process }", "Get-Process")]
    [InlineData("\"$(Get-Process)\"", "Get-Process")]
    [InlineData("@\"\n$(Get-Process)\n\"@", "Get-Process")]
    [InlineData("switch -File /etc/passwd { default { $_ } }", "switch -File")]
    [InlineData("Get-Date > /tmp/x", ">")]
    [InlineData("'x' >> $x", ">")]
    [InlineData("Get-Date &", "&")]
    [InlineData("Get-Date && Get-Date &", "(PipelineChain)")]
    [InlineData("$PSDefaultParameterValues['*:Verbose'] = 1", "$PSDefaultParameterValues")]
    [InlineData("function f($PSDefaultParameterValues) { 1 }", "$PSDefaultParameterValues")]
    [InlineData("foreach ($global:PSDefaultParameterValues in 1) { 1 }", "$PSDefaultParameterValues")]
    [InlineData("$PSModuleAutoLoadingPreference = 'All'", "$PSModuleAutoLoadingPreference")]
    [InlineData("$using:x", "(UsingExpression)")]
    [InlineData("trap { Get-Process }", "Get-Process")]
    [InlineData("throw (Get-Process)", "Get-Process")]
    [InlineData("Import-Module Evil", "Import-Module")]
    [InlineData("Add-Type 'class C { }'", "Add-Type")]
    [InlineData("Start-Job { 1 }", "Start-Job")]
    [InlineData("Trace-Command x { 1 }", "Trace-Command")]
    public void IsRefused(string script, string command, int line = 1, int column = 0)
    {
        var verdict = worker.Scan(script, Listed).Header;
        Assert.Equal(("blocked", command), (verdict.GetProperty("verdict").GetString(), Text(verdict, "command")));
        Assert.NotEmpty(Text(verdict, "reason"));
        if (column > 0)
        {
            Assert.Equal((line, column), (verdict.GetProperty("line").GetInt32(), verdict.GetProperty("column").GetInt32()));
        }
    }

    /// <summary>7.3: the run says what is wrong with such a script, and never begins it. What can be read of it is looked at.</summary>
    [Theory]
    [InlineData("Get-Date {", "allowed")]
    [InlineData("if (", "allowed")]
    [InlineData("Get-Process {", "blocked")]
    public void ParseErrorsAreNotForTheScan(string script, string verdict) =>
        Assert.Equal(verdict, Text(worker.Scan(script, Listed).Header, "verdict"));

    /// <summary>The issue: bounds on size.</summary>
    [Fact]
    public void LongScriptIsRefused()
    {
        var verdict = worker.Scan(new string(' ', 256 * 1024 + 1), Listed).Header;
        Assert.Equal("(size)", Text(verdict, "command"));
    }

    /// <summary>What is refused may be long, what is said about it may not.</summary>
    [Fact]
    public void LongNameIsCut()
    {
        var verdict = worker.Scan(new string('x', 100_000), Listed).Header;
        Assert.Equal(500, Text(verdict, "command").Length);
    }

    [Theory]
    [InlineData("(", 100_000, "blocked")]
    [InlineData("{", 100_000, "blocked")]
    [InlineData("@{a=", 60_000, "blocked")]
    [InlineData("if(1){", 40_000, "blocked")]
    [InlineData("!", 200_000, "blocked")]
    [InlineData("+1", 120_000, "allowed")]
    [InlineData(",1", 120_000, "allowed")]
    [InlineData("|Out-Null", 25_000, "allowed")]
    public void DeepScriptIsNoTrouble(string piece, int times, string verdict)
    {
        var script = "1" + string.Concat(Enumerable.Repeat(piece, times));
        Assert.Equal(verdict, Text(worker.Scan(script, Listed).Header, "verdict"));
        Assert.Equal("allowed", Text(worker.Scan("1", Listed).Header, "verdict"));
    }

    private static string Text(JsonElement header, string name) => header.GetProperty(name).GetString() ?? string.Empty;
}
