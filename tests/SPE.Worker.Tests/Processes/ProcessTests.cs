using System.Threading.Tasks;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Processes;

/// <summary>A worker as a process (worker channel, transport; engine notes 7 and 8).</summary>
public sealed class ProcessTests
{
    [Fact]
    public void ReadyNamesTheHost()
    {
        using var host = new HostProcess();
        Assert.Equal(HostProcess.IsBundled ? "SPE.EngineHost" : "pwsh", host.Ready!.Header.GetProperty("engine").GetString());
        Assert.Matches(@"^7\.\d+\.\d+", host.Ready.Header.GetProperty("engineVersion").GetString());
    }

    [Fact]
    public async Task OtherProtocolIsLeftWithItsCode()
    {
        using var host = HostProcess.Greeted(2);
        Assert.Equal(65, await host.Ended.WaitAsync(Deadline.Generous));
    }

    [Fact]
    public async Task WithoutAChannelItSaysSoAndLeaves()
    {
        using var host = HostProcess.WithoutChannel();
        await host.Ended.WaitAsync(Deadline.Generous);
        Assert.Contains("descriptor 3", host.StandardOutput + host.StandardError);
    }

    [Theory]
    [InlineData("while ($true) { }")]
    [InlineData("[System.Threading.Thread]::Sleep(-1)")]
    [InlineData(NeverExits)]
    public async Task EndOfTheChannelEndsTheProcessInTheMiddleOfARun(string script)
    {
        using var host = new HostProcess();
        host.Client.Begin("Write-Warning started; " + script);
        host.Client.Next();
        host.Client.Dispose();
        Assert.Equal(0, await host.Ended.WaitAsync(Deadline.Generous));
    }

    /// <summary>Engine notes 7: a child that has the channel can write into it and keeps it open.</summary>
    [Fact]
    public void ChildOfAScriptDoesNotHaveTheChannel()
    {
        using var host = new HostProcess();
        Assert.Equal(
            ["closed"],
            host.Client.Run("sh -c 'if test -e /proc/self/fd/3; then echo open; else echo closed; fi'").Texts);
    }

    [Fact]
    public async Task NothingOfTheWorkersOwnIsOnItsStandardStreams()
    {
        using var host = new HostProcess();
        host.Client.Run("1; Write-Host h; Write-Warning w; Write-Error e; 'x' | Out-Default; throw 't'");
        host.Client.Dispose();
        await host.Ended.WaitAsync(Deadline.Generous);
        Assert.Equal("", host.StandardOutput);
        Assert.Equal("", host.StandardError);
    }

    /// <summary>Engine notes 2: what a script writes to the console goes to the log and never into the channel.</summary>
    [Fact]
    public async Task ConsoleOfAScriptIsTheLog()
    {
        using var host = new HostProcess();
        var result = host.Client.Run("[Console]::WriteLine('to the console'); [Console]::Error.WriteLine('to the error'); 'out'");
        Assert.Equal(["out"], result.Texts);
        host.Client.Dispose();
        await host.Ended.WaitAsync(Deadline.Generous);
        Assert.Equal("to the console\n", host.StandardOutput);
        Assert.Equal("to the error\n", host.StandardError);
    }

    [Fact]
    public void ReadingFromTheConsoleFindsItsEnd()
    {
        using var host = new HostProcess();
        Assert.Equal(["True", ""], host.Client.Run("$null -eq [Console]::ReadLine(); sh -c 'cat'; ''").Texts);
    }

    /// <summary>Leaves a handler behind that keeps an orderly exit waiting for ever.</summary>
    private const string NeverExits = """
        $expression = [System.Linq.Expressions.Expression]
        $sleep = $expression::Call([System.Threading.Thread].GetMethod('Sleep', [type[]]@([int])), $expression::Constant(-1))
        $parameters = $expression::Parameter([object]), $expression::Parameter([EventArgs])
        [AppDomain]::CurrentDomain.add_ProcessExit($expression::Lambda([EventHandler], $sleep, [System.Linq.Expressions.ParameterExpression[]]$parameters).Compile())
        Write-Warning installed
        while ($true) { }
        """;
}
