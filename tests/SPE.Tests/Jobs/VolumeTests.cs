using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Jobs;

/// <summary>
/// Jobs that write much: everything arrives or is counted as dropped, and no wait becomes a storm of requests.
/// </summary>
public sealed class VolumeTests
{
    private const string Counting = "-OnVerbose { param($r) $global:seen += , $r.Message }";

    /// <summary>
    /// CM-D-03, decisions.md coalescing: 1,000 records, written a little slower than the rate cap of wire-protocol.md 6.7,
    /// all arrive in order, in a number of requests that the time of the job bounds and not the number of records.
    /// </summary>
    [Fact]
    public async Task ThousandRecordsDrainWithoutAStorm()
    {
        await using var proxy = new CountingProxy();
        await using var server = await proxy.StartServer();
        using var shell = Shell.Open(server, proxy.Uri);
        shell.Run("$global:seen = @()").NoErrors();
        shell.StartJob(
            "foreach ($n in 1..1000) { Write-Verbose $n -Verbose; if ($n % 40 -eq 0) { Start-Sleep -Milliseconds 450 } }");
        shell.WaitForJob(Counting).NoErrors();
        Assert.Equal(
            Enumerable.Range(1, 1000).Select(n => $"{n}"),
            shell.Run("$global:seen").NoErrors().Output.Select(value => value!.ToString()));
        Assert.InRange(proxy.Waits, 1, 150);
    }

    /// <summary>
    /// wire-protocol.md 6.7 and client-module.md 12.3: a burst is capped, and a warning says how much was lost.
    /// </summary>
    [Fact]
    public async Task BurstIsCappedAndTheLossIsTold()
    {
        await using var server = await TestServer.Start();
        using var shell = Shell.Open(server);
        shell.Run("$global:seen = @()").NoErrors();
        shell.StartJob("foreach ($n in 1..2000) { Write-Verbose $n -Verbose }; 'ended'");
        var result = shell.WaitForJob(Counting);
        Assert.Equal("ended", result.OneObject().ToString());
        Assert.All(result.Warnings, warning => Assert.Matches("dropped.*|.*rate cap", warning));
        Assert.Contains("rate cap", string.Join(' ', result.Warnings), StringComparison.Ordinal);
        var seen = shell.Run("$global:seen").NoErrors().Output.Count;
        var dropped = result.Warnings.Sum(LargestNumber);
        Assert.True(seen + dropped == 2000, result.Describe($"{seen} records came, {dropped} were dropped."));
    }

    /// <summary>
    /// CM-D-03: without callbacks the cursor is tracked all the same, so unread records do not end every hold at once.
    /// </summary>
    [Fact]
    public async Task WaitWithoutCallbacksIsNoStorm()
    {
        await using var proxy = new CountingProxy();
        await using var server = await proxy.StartServer();
        using var shell = Shell.Open(server, proxy.Uri);
        shell.StartJob("foreach ($n in 1..20) { Write-Verbose $n -Verbose; Start-Sleep -Milliseconds 100 }; 'ended'");
        Assert.Equal("ended", shell.WaitForJob().OneObject().ToString());
        Assert.InRange(proxy.Waits, 1, 30);
    }

    /// <summary>A result of some megabytes arrives whole.</summary>
    [Fact]
    public async Task LargeResultArrivesWhole()
    {
        await using var server = await TestServer.Start();
        using var shell = Shell.Open(server);
        shell.StartJob("1..50 | ForEach-Object { 'x' * 100000 }");
        var length = shell.Run("(Wait-RemoteScriptSession -Session $s -Id $id -Raw).Length");
        Assert.Equal((50 * 100000) + 49, length.Value);
    }

    private static int LargestNumber(string text) =>
        Regex.Matches(
            text, @"(?<![\w-])\d+(?![\w-])").Max(match => int.Parse(match.Value, CultureInfo.InvariantCulture));
}
