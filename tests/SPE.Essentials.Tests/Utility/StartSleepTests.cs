using System;
using System.Management.Automation;
using System.Threading.Tasks;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class StartSleepTests
{
    [Theory]
    [InlineData("Start-Sleep 0.01; 1")]
    [InlineData("Start-Sleep -Seconds 0; 1")]
    [InlineData("Start-Sleep -Milliseconds 10; 1")]
    [InlineData("Start-Sleep -m 10; 1")]
    [InlineData("Start-Sleep ([timespan]::FromMilliseconds(10)); 1")]
    [InlineData("0.01 | Start-Sleep; 1")]
    public void TheScriptGoesOnAfterwards(string text)
    {
        using var script = new Script();
        Assert.Equal("1", script.Text(text));
    }

    [Fact]
    public async Task AStopEndsTheSleep()
    {
        using var script = new Script();
        using var shell = script.Prepare("'ready'; Start-Sleep -Seconds 3600");
        using var output = new PSDataCollection<PSObject>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        output.DataAdded += (_, _) => ready.TrySetResult();
        var running = shell.InvokeAsync<PSObject, PSObject>(null, output);
        await ready.Task.WaitAsync(TimeSpan.FromMinutes(1));

        await shell.StopAsync(null, null).WaitAsync(TimeSpan.FromMinutes(1));

        await Assert.ThrowsAnyAsync<PipelineStoppedException>(() => running.WaitAsync(TimeSpan.FromMinutes(1)));
    }
}
