using System;
using System.Linq;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Commands;

/// <summary>What the script-session commands make of the server's answers (docs/script-sessions.md).</summary>
public sealed class ResultTests(TestWorker worker) : IClassFixture<TestWorker>
{
    private static readonly object Broken = new
    {
        message = "broken",
        fullyQualifiedErrorId = "StepBroken",
        errorCategory = "InvalidData",
        exceptionType = "System.Exception",
        scriptStackTrace = "at Step, <No file>: line 3",
        positionMessage = "At line:3 char:5",
    };

    [Fact]
    public void SessionHasItsProperties()
    {
        var result = worker.Run("Get-ScriptSession -Id a", null, _ => Reply.Many(Reply.Session("a", "Busy")));
        Assert.Equal("Deserialized.Spe.Core.Host.ScriptSession", result.TypeOf(0));
        Assert.Equal("a", result.Property(0, "ID"));
        Assert.Equal("a", result.Property(0, "Key"));
        Assert.Equal("Busy", result.Property(0, "State"));
        Assert.Equal("BackgroundJob", result.Property(0, "ApplianceType"));
        Assert.Equal("{11111111-2222-3333-4444-555555555555};test", result.Property(0, "Handle"));
        Assert.Equal(new DateTime(2026, 5, 2, 8, 15, 30, DateTimeKind.Utc).AddTicks(1234567), result.Property(0, "StartedUtc"));
        Assert.Null(result.Property(0, "EndedUtc"));
        Assert.Null(result.Property(0, "Error"));
    }

    /// <summary>The variable of the run has the properties of what the commands write.</summary>
    [Fact]
    public void OwnSessionHasTheSameProperties()
    {
        var result = worker.Run(
            "$a = $ScriptSession.psobject.Properties.Name; $b = (Get-ScriptSession).psobject.Properties.Name; \"$a\"; \"$b\"",
            null, _ => Reply.Many(Reply.Session("a")));
        Assert.Equal(result.Texts.First(), result.Texts.Last());
    }

    [Fact]
    public void SessionLooksLikeATable()
    {
        var result = worker.Run("Get-ScriptSession | Out-Host", null, _ => Reply.Many(Reply.Session("a")));
        Assert.Contains(result.Lines, line => line.StartsWith("information: a ", StringComparison.Ordinal) && line.Contains("BackgroundJob", StringComparison.Ordinal));
    }

    /// <summary>Worker channel, session: a list that a header does not hold stands in the payload.</summary>
    [Fact]
    public void LongListComesInThePayload()
    {
        var sessions = Enumerable.Range(0, 1000).Select(number => Reply.Session($"session-{number}"));
        var json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(sessions);
        var result = worker.Run("(Get-ScriptSession).Count", null, _ => Reply.Ok() with { Payload = json });
        Assert.Equal(["1000"], result.Texts);
    }

    [Theory]
    [InlineData("-State Busy", "busy-job")]
    [InlineData("-State available, Failed", "done-job failed-job kept")]
    [InlineData("-SessionType Background*", "busy-job done-job failed-job")]
    [InlineData("-Type RemoteAutomation", "kept")]
    [InlineData("-SessionType remote* -State Busy", "")]
    public void GetFilters(string filter, string expected)
    {
        var kept = Reply.Session("kept");
        kept["kind"] = "RemoteAutomation";
        var result = worker.Run(
            $"\"$((Get-ScriptSession {filter}).ID)\"",
            null,
            _ => Reply.Many(Reply.Session("busy-job", "Busy"), Reply.Session("done-job"), Reply.Session("failed-job", "Failed"), kept));
        Assert.Equal([expected], result.Texts);
    }

    [Fact]
    public void UnknownStateIsAnErrorAndNotAnEmptyList()
    {
        var result = worker.Run("Get-ScriptSession -State Bussy");
        Assert.True(result.HadErrors);
    }

    /// <summary>Client module 12.5: an id that is unknown can be looked up silently.</summary>
    [Fact]
    public void UnknownIdIsAnErrorThatCanBeSilenced()
    {
        var result = worker.Run(
            "Get-ScriptSession -Id gone; $null -eq (Get-ScriptSession -Id gone -ErrorAction SilentlyContinue)", null, _ => Reply.Many());
        Assert.Equal("True", result.Texts.First());
        var error = Assert.Single(result.Records);
        Assert.StartsWith("SessionNotFound", error.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.StartsWith("ObjectNotFound", error.GetProperty("categoryInfo").GetString());
    }

    /// <summary>The polling script of stock clients, to the letter of its meaning (client module 12.5).</summary>
    [Theory]
    [InlineData("Busy", "a False Busy")]
    [InlineData("Available", "a True Available")]
    [InlineData("Failed", "a True Failed")]
    [InlineData(null, " True ")]
    public void PollOfStockClientsReadsTheState(string? state, string expected)
    {
        const string Poll = """
            $session = Get-ScriptSession -Id $params.id -ErrorAction SilentlyContinue
            $isDone = $session -eq $null -or $session.State -ne 'Busy'
            "$($session.ID) $isDone $($session.State)"
            """;
        var result = worker.Run(
            Poll,
            Order.Constrained with { Arguments = CliXml.Table("id", "a") },
            _ => state is null ? Reply.Many() : Reply.Many(Reply.Session("a", state)));
        Assert.Equal([expected], result.Texts);
    }

    /// <summary>Wire protocol 5.4: the result is one list, in CLIXML a list in the list, in raw joined with spaces.</summary>
    [Fact]
    public void ResultsAreOneList()
    {
        var results = worker.Run("1; 'two'", Order.Job).Output;
        var clixml = worker.Run("Receive-ScriptSession -Id a", null, _ => Reply.One("a", results: results));
        var raw = worker.Run("Receive-ScriptSession -Id a", Order.Raw, _ => Reply.One("a", results: results));
        Assert.Single(clixml.Objects);
        Assert.Equal("1 two", System.Management.Automation.LanguagePrimitives.ConvertTo<string>(clixml.Objects[0]));
        Assert.Equal("1 two", raw.Output);
    }

    [Fact]
    public void NoResultsAreNothing() =>
        Assert.Equal("", worker.Run("Receive-ScriptSession -Id a", null, _ => Reply.One("a")).Output);

    /// <summary>WP-D-16: a failed job is an error for whoever collects it, behind what it wrote.</summary>
    [Fact]
    public void FailedJobIsAnErrorOfReceive()
    {
        var results = worker.Run("1", Order.Job).Output;
        var result = worker.Run("Receive-ScriptSession -Id a", null, _ => Reply.One("a", "Failed", Broken, results));
        Assert.Equal(2, result.Objects.Count);
        var error = Assert.Single(result.Records);
        Assert.Equal("broken", error.GetProperty("message").GetString());
        Assert.StartsWith("StepBroken", error.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.StartsWith("InvalidData", error.GetProperty("categoryInfo").GetString());
    }

    [Fact]
    public void FailedJobShowsItsErrorInItsSession()
    {
        var result = worker.Run(
            "$s = Get-ScriptSession -Id a; $s.Error.Message; $s.Error.ScriptStackTrace; $s.LastErrors[0].FullyQualifiedErrorId",
            null, _ => Reply.Many(Reply.Session("a", "Failed", Broken)));
        Assert.Equal(["broken", "at Step, <No file>: line 3", "StepBroken"], result.Texts);
    }

    [Theory]
    [InlineData("Start-ScriptSession { 1 }")]
    [InlineData("Get-ScriptSession -Id a")]
    [InlineData("Receive-ScriptSession -Id a")]
    [InlineData("Wait-ScriptSession -Id a")]
    [InlineData("Stop-ScriptSession -Id a")]
    [InlineData("Remove-ScriptSession -Id a")]
    public void RefusalOfTheServerIsANonTerminatingError(string script)
    {
        var result = worker.Run(script + "; 'after'", null, _ => Reply.Refused("SessionLimit", "LimitsExceeded"));
        var error = Assert.Single(result.Records);
        Assert.Equal("refused by the test", error.GetProperty("message").GetString());
        Assert.StartsWith("SessionLimit", error.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.StartsWith("LimitsExceeded", error.GetProperty("categoryInfo").GetString());
        Assert.Equal("after", result.Texts.First());
    }

    [Fact]
    public void RemovingWhatIsNotThereIsAnError()
    {
        var result = worker.Run("Remove-ScriptSession -Id a", null, _ => Reply.Ok(("removed", false)));
        Assert.StartsWith("SessionNotFound", result.Records.Single().GetProperty("fullyQualifiedErrorId").GetString());
    }

    [Fact]
    public void EachSessionIsForItself()
    {
        var result = worker.Run(
            "'a', 'b', 'c' | Stop-ScriptSession | ForEach-Object ID",
            null,
            call => call.Header.GetProperty("id").GetString() is "b" ? Reply.Refused("SessionNotFound", "ObjectNotFound") : Reply.One(call.Header.GetProperty("id").GetString()!));
        Assert.Equal(["a", "c"], result.Texts.Take(2));
        Assert.Single(result.Records);
    }

    [Theory]
    [InlineData("-Identity other", "IdentityRefused")]
    [InlineData("-DisableSecurity", "DisableSecurityRefused")]
    [InlineData("-Interactive", "InteractiveRefused")]
    public void WhatAJobMayNotIsRefusedWithoutACall(string option, string id)
    {
        var result = worker.Run("Start-ScriptSession { 1 } " + option);
        Assert.StartsWith(id, result.Records.Single().GetProperty("fullyQualifiedErrorId").GetString());
    }

    [Fact]
    public void OwnIdentityIsTaken()
    {
        var result = worker.Run(@"Start-ScriptSession { 1 } -Identity SITECORE\tester", null, _ => Reply.One("a"));
        Assert.False(result.HadErrors);
    }

    [Theory]
    [InlineData("1 | Stop-ScriptSession")]
    [InlineData("Get-Item / -ErrorAction Ignore; [pscustomobject]@{ Name = 'x' } | Receive-ScriptSession")]
    public void WhatIsNoSessionIsAnError(string script)
    {
        var result = worker.Run(script);
        Assert.Contains(result.Records, record => record.GetProperty("fullyQualifiedErrorId").GetString()!.StartsWith("NotAScriptSession", StringComparison.Ordinal));
    }

    [Fact]
    public void WaitingForOneselfIsAnErrorAndNoDeadlock()
    {
        var result = worker.Run("Wait-ScriptSession -Id own", Order.Script with { SessionId = "own" });
        Assert.StartsWith("WaitForOwnSession", result.Records.Single().GetProperty("fullyQualifiedErrorId").GetString());
    }

    /// <summary>Runspaces that a script makes have no run, so they cannot speak in its name.</summary>
    [Fact]
    public void RunspaceOfTheScriptsOwnHasNoCommands()
    {
        var result = worker.Run("""
            $state = [initialsessionstate]::CreateDefault2()
            $type = (Get-Command Get-ScriptSession).ImplementingType
            $state.Commands.Add([System.Management.Automation.Runspaces.SessionStateCmdletEntry]::new('Get-ScriptSession', $type, $null))
            $shell = [powershell]::Create($state).AddScript('try { Get-ScriptSession } catch { $_.FullyQualifiedErrorId }')
            $shell.Invoke()
            $shell.Dispose()
            """);
        Assert.StartsWith("NotInRemotingRun", result.Texts.Single());
    }
}
