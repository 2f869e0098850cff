using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.Json;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Commands;

/// <summary>What the script-session commands ask the server (worker channel, calls).</summary>
public sealed class CallTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void StartSendsScriptAndArguments()
    {
        var call = Single("Start-ScriptSession -ScriptBlock { \"é $name\" } -ArgumentList @{ name = 'given' }", Reply.One("new"));
        var length = call.Header.GetProperty("scriptLength").GetInt32();
        Assert.Equal("session.start", Op(call));
        Assert.Equal(" \"é $name\" ", Encoding.UTF8.GetString(call.Payload, 0, length));
        var arguments = PSSerializer.Deserialize(Encoding.UTF8.GetString(call.Payload, length, call.Payload.Length - length));
        Assert.Equal("given", ((System.Collections.Hashtable)((PSObject)arguments).BaseObject)["name"]);
    }

    [Fact]
    public void StartWithoutOptionsAsksForANewSession()
    {
        var call = Single("Start-ScriptSession { 1 }", Reply.One("new"));
        Assert.Equal(JsonValueKind.Null, call.Header.GetProperty("id").ValueKind);
        Assert.Equal(JsonValueKind.Null, call.Header.GetProperty("name").ValueKind);
        Assert.False(call.Header.GetProperty("autoDispose").GetBoolean());
        Assert.Equal(3, call.Payload.Length);
    }

    [Theory]
    [InlineData("-Id wanted -JobName nightly -AutoDispose")]
    [InlineData("-Session wanted -JobName nightly -AutoDispose")]
    [InlineData("-Session $session -JobName nightly -AutoDispose")]
    public void StartSendsItsOptions(string options)
    {
        var call = Single(
            "$session = [pscustomobject]@{ ID = 'wanted' }; Start-ScriptSession { 1 } " + options, Reply.One("wanted"));
        Assert.Equal("wanted", call.Header.GetProperty("id").GetString());
        Assert.Equal("nightly", call.Header.GetProperty("name").GetString());
        Assert.True(call.Header.GetProperty("autoDispose").GetBoolean());
    }

    /// <summary>WP-D-45: an existing session is started once, and not in a new one besides.</summary>
    [Fact]
    public void StartInAnExistingSessionIsOneCall()
    {
        var result = worker.Run("Start-ScriptSession { 1 } -Session a, b", null, call => Reply.One(Id(call)!));
        Assert.Equal(["a", "b"], Calls(result).Select(Id));
    }

    /// <summary>The arguments that a stock client's -AsJob has: $params as it came (wire protocol 5.4).</summary>
    [Fact]
    public void ParamsOfTheCallerCanBePassedOn()
    {
        var order = Order.Script with { Arguments = CliXml.Table("name", "given") };
        var call = Single("Start-ScriptSession -ScriptBlock { 1 } -ArgumentList $params", Reply.One("new"), order);
        Assert.Contains(">given<", call.Text);
    }

    /// <summary>Without arguments $params is null, and that is what a stock client passes.</summary>
    [Fact]
    public void ParamsThatAreNullAreNoArguments() =>
        Assert.Equal(3, Single("Start-ScriptSession -ScriptBlock { 1 } -ArgumentList $params", Reply.One("new")).Payload.Length);

    [Fact]
    public void LargeScriptGoesInSeveralFrames()
    {
        var text = new string('x', 3_000_000);
        var result = worker.Run($"(Start-ScriptSession {{ '{text}' }}).ID", null, call =>
            call.Header.TryGetProperty("more", out _) ? null : Reply.One("new"));
        Assert.Equal(3_000_004, Calls(result).Sum(call => call.Payload.Length));
        Assert.Equal(["new"], result.Texts);
    }

    [Fact]
    public void ScriptOverTheLimitIsAnErrorAndNoCall()
    {
        var result = worker.Run("Start-ScriptSession { 1 } -ArgumentList @{ a = 'x' * 34MB }");
        Assert.StartsWith("TooLarge", ErrorId(result));
    }

    [Theory]
    [InlineData("Get-ScriptSession", null, false)]
    [InlineData("Get-ScriptSession -Current", null, true)]
    [InlineData("Get-ScriptSession -Id a", "a", false)]
    [InlineData("Get-ScriptSession a", "a", false)]
    [InlineData("'a' | Get-ScriptSession", "a", false)]
    [InlineData("[pscustomobject]@{ ID = 'a' } | Get-ScriptSession", "a", false)]
    [InlineData("Get-ScriptSession -Session ([pscustomobject]@{ ID = 'a' })", "a", false)]
    public void GetAsksForWhatIsNamed(string script, string? id, bool current)
    {
        var call = Single(script, Reply.Many(Reply.Session("a")));
        Assert.Equal("session.list", Op(call));
        Assert.Equal(current, call.Header.GetProperty("current").GetBoolean());
        Assert.Equal(id, call.Header.TryGetProperty("ids", out var ids) ? ids[0].GetString() : null);
    }

    [Theory]
    [InlineData("Receive-ScriptSession -Id a", false, false)]
    [InlineData("'a' | Receive-ScriptSession -KeepResult -KeepSession", true, true)]
    [InlineData("Receive-ScriptSession ([pscustomobject]@{ ID = 'a' }) -KeepResult", true, false)]
    public void ReceiveSaysWhatIsKept(string script, bool keepResult, bool keepSession)
    {
        var call = Single(script, Reply.One("a"));
        Assert.Equal("session.receive", Op(call));
        Assert.Equal("a", Id(call));
        Assert.Equal(keepResult, call.Header.GetProperty("keepResult").GetBoolean());
        Assert.Equal(keepSession, call.Header.GetProperty("keepSession").GetBoolean());
    }

    [Theory]
    [InlineData("Wait-ScriptSession -Id a, b", 0, false)]
    [InlineData("'a', 'b' | Wait-ScriptSession -Timeout 5 -Any", 5000, true)]
    [InlineData("Wait-ScriptSession -Id a, b -Timeout -1", 0, false)]
    [InlineData("Wait-ScriptSession -Id a, b -Timeout 2000000", 2_000_000_000, false)]
    public void WaitIsOneCallForAll(string script, long timeout, bool any)
    {
        var call = Single(script, Reply.Many(Reply.Session("a"), Reply.Session("b")));
        Assert.Equal("session.wait", Op(call));
        Assert.Equal(["a", "b"], call.Header.GetProperty("ids").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(timeout, call.Header.GetProperty("timeoutMs").GetInt64());
        Assert.Equal(any, call.Header.GetProperty("any").GetBoolean());
    }

    [Theory]
    [InlineData("Stop-ScriptSession -Id a", "session.stop")]
    [InlineData("'a' | Stop-ScriptSession", "session.stop")]
    [InlineData("Stop-ScriptSession ([pscustomobject]@{ ID = 'a' })", "session.stop")]
    [InlineData("Remove-ScriptSession -Id a", "session.remove")]
    [InlineData("'a' | Remove-ScriptSession", "session.remove")]
    public void StopAndRemoveNameTheSession(string script, string op)
    {
        var reply = op == "session.stop" ? Reply.One("a", "Stopped") : Reply.Ok(("removed", true));
        var call = Single(script, reply);
        Assert.Equal(op, Op(call));
        Assert.Equal("a", Id(call));
    }

    [Fact]
    public void CallsOfARunHaveIdsOfTheirOwn()
    {
        var result = worker.Run("Get-ScriptSession; Get-ScriptSession", null, _ => Reply.Many());
        Assert.Equal(2, Calls(result).Select(call => call.Header.GetProperty("call").GetInt64()).Distinct().Count());
    }

    private Message Single(string script, Reply reply, Order? order = null) =>
        Calls(worker.Run("$null = . { " + script + " }", order, _ => reply)).Single();

    private static Message[] Calls(RunResult result) => [.. result.Messages.Where(message => message.Type == "call")];

    private static string? Op(Message call) => call.Header.GetProperty("op").GetString();

    private static string? Id(Message call) => call.Header.GetProperty("id").GetString();

    private static string? ErrorId(RunResult result) =>
        result.Records.Single().GetProperty("fullyQualifiedErrorId").GetString();
}
