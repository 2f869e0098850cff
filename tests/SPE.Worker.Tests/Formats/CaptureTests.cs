using System.Linq;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Formats;

/// <summary>captureStreams (wire protocol 4.5 and 4.7, decisions: the engine's own streams).</summary>
public sealed class CaptureTests(TestWorker worker) : IClassFixture<TestWorker>
{
    private const string Everything =
        "'out'; Write-Verbose v; Write-Debug d; Write-Warning w; Write-Information i; Write-Error e; 'end'";

    [Fact]
    public void RecordsStandWhereTheyWereWritten()
    {
        var result = worker.Run(Everything, Order.Captured);
        Assert.Equal(["out", "v", "d", "w", "i", "e", "end"], result.Texts);
        Assert.Equal(
            ["VerboseRecord", "DebugRecord", "WarningRecord", "InformationRecord", "ErrorRecord"],
            Enumerable.Range(1, 5).Select(index => result.TypeOf(index).Split('.')[^1]));
        Assert.All(Enumerable.Range(1, 5), index => Assert.StartsWith("Deserialized.", result.TypeOf(index)));
    }

    /// <summary>Wire protocol 4.7: captured records do not appear a second time.</summary>
    [Fact]
    public void CapturedRecordsAreNotSentAsRecords() => Assert.Empty(worker.Run(Everything, Order.Captured).Records);

    [Fact]
    public void ErrorsAreCounted() => Assert.True(worker.Run(Everything, Order.Captured).HadErrors);

    /// <summary>Wire protocol 4.5: Write-Host and progress were never captured.</summary>
    [Fact]
    public void HostTextAndProgressStayRecords()
    {
        var result = worker.Run("Write-Host h; Write-Progress p; 'out'", Order.Captured);
        Assert.Equal(["out"], result.Texts);
        Assert.Equal(["information: h", "progress: p"], result.Lines);
    }

    /// <summary>WP-D-11: only -Message was modelled.</summary>
    [Fact]
    public void EveryParameterOfTheCommandsWorks()
    {
        var result = worker.Run(
            "Write-Error -Message m -Category ObjectNotFound -ErrorId Lost; 'piped' | Write-Warning", Order.Captured);
        Assert.Contains("Lost", result.Property(0, "FullyQualifiedErrorId")!.ToString());
        Assert.Equal("piped", result.Texts.Last());
    }

    [Fact]
    public void RecordsOfCommandsThemselvesAreCaptured()
    {
        var result = worker.Run("function f { [CmdletBinding()] param() $PSCmdlet.WriteVerbose('inner') }; f", Order.Captured);
        Assert.Equal(["inner"], result.Texts);
    }

    [Fact]
    public void TerminatingErrorStandsAtTheEnd()
    {
        var result = worker.Run("Write-Warning w; throw 'end'", Order.Captured);
        Assert.Equal(["w", "end"], result.Texts);
        Assert.Equal("failed", result.Outcome);
    }

    /// <summary>Wire protocol 4.5: text in place, no part behind a mark.</summary>
    [Fact]
    public void RawHasTheirTextInPlace()
    {
        var result = worker.Run(Everything, Order.Raw with { CaptureStreams = true });
        Assert.Equal("outvdwieend", result.Output);
    }

    /// <summary>WP-D-11: a kept session does not stay noisy.</summary>
    [Fact]
    public void PreferencesComeBack()
    {
        var kept = Order.Kept with { SessionId = "capture" };
        worker.Run("$VerbosePreference = 'SilentlyContinue'; $WarningPreference = 'SilentlyContinue'", kept);
        worker.Run(Everything, kept with { CaptureStreams = true });
        var result = worker.Run(Everything + "; \"$VerbosePreference $WarningPreference $DebugPreference $InformationPreference\"", kept);
        Assert.Equal("SilentlyContinue SilentlyContinue SilentlyContinue SilentlyContinue", result.Texts.ElementAt(2));
        Assert.Equal(["information: i", "error: e"], result.Lines);
    }

    [Fact]
    public void PreferencesComeBackAfterAFailure()
    {
        worker.Run("throw 'x'", Order.Kept with { CaptureStreams = true });
        Assert.Equal(["SilentlyContinue"], worker.Run("\"$VerbosePreference\"", Order.Kept).Texts);
    }

    [Fact]
    public void ScriptThatMakesAPreferenceConstantStillCompletes()
    {
        var result = worker.Run("Set-Variable VerbosePreference Continue -Option Constant -Force", Order.Captured);
        Assert.NotEqual("stopped", result.Outcome);
    }
}
