using System.Linq;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Processes;

/// <summary>What a throw-away run does to the process is undone after it (engine notes 1).</summary>
public sealed class ProcessStateTests(HostProcess host) : IClassFixture<HostProcess>
{
    [Theory]
    [InlineData("$env:SPE_WORKER_NEW = 'x'", "$null -eq $env:SPE_WORKER_NEW")]
    [InlineData("$env:SPE_WORKER_TEST = 'changed'", "$env:SPE_WORKER_TEST -eq 'before'")]
    [InlineData("$env:SPE_WORKER_TEST = $null", "$env:SPE_WORKER_TEST -eq 'before'")]
    [InlineData("$env:PSModulePath = '/nowhere'", "$env:PSModulePath -ne '/nowhere'")]
    [InlineData("[Environment]::CurrentDirectory = '/'", "[Environment]::CurrentDirectory -ne '/'")]
    [InlineData("$ExecutionContext.SessionState.Path.SetLocation('/')", "\"$pwd\" -ne '/'")]
    public void NextRunFindsTheProcessAsItBegan(string before, string check)
    {
        Assert.False(host.Client.Run(before).HadErrors);
        Assert.Equal(["True"], host.Client.Run(check).Texts);
    }

    [Fact]
    public void KeptSessionKeepsItsEnvironmentUntilItIsForgotten()
    {
        const string Read = "$env:SPE_WORKER_KEPT -eq 'x'";
        host.Client.Run("$env:SPE_WORKER_KEPT = 'x'", Order.Kept);
        Assert.Equal(["True"], host.Client.Run(Read, Order.Kept).Texts);
        host.Client.Send(new { type = "forget" });
        Assert.Equal(["False"], host.Client.Run(Read).Texts);
    }

    [Fact]
    public void RunspaceThatAScriptLeftIsClosed()
    {
        var id = host.Client.Run("""
            $left = [powershell]::Create().AddScript('while ($true) { }')
            $null = $left.BeginInvoke()
            "$($left.Runspace.InstanceId)"
            """).Texts.Single();
        var result = host.Client.Run($$"""
            $list = [runspace].GetProperty('RunspaceList', [System.Reflection.BindingFlags]'NonPublic, Public, Static')
            while ($list.GetValue($null).Where({ "$($_.InstanceId)" -eq '{{id}}' -and $_.RunspaceStateInfo.State -eq 'Opened' })) { }
            'closed'
            """);
        Assert.Equal(["closed"], result.Texts);
    }
}
