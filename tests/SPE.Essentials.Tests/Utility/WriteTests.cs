using System.Linq;
using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

/// <summary>Each Write command reaches its stream, with what scripts set on the record.</summary>
public sealed class WriteTests
{
    [Theory]
    [InlineData("Write-Output a b c", "a b c")]
    [InlineData("'a', 'b' | Write-Output", "a b")]
    [InlineData("(Write-Output -NoEnumerate @(1, 2) | ForEach-Object { $_.Count })", "2")]
    [InlineData("@(Write-Output $null).Count", "1")]
    public void OutputPassesObjectsOn(string text, string expected)
    {
        using var script = new Script();
        Assert.Equal(expected, script.Text(text));
    }

    [Theory]
    [InlineData("Write-Host one two", "one two")]
    [InlineData("Write-Host 1, 2, @(3, 4) -Separator '-'", "1-2-3-4")]
    [InlineData("Write-Host", "")]
    [InlineData("Write-Host $null", "")]
    public void HostWritesOneInformationRecordForTheHost(string text, string expected)
    {
        using var script = new Script();
        using var shell = script.Prepare(text);
        shell.Invoke();
        var record = Assert.Single(shell.Streams.Information);
        Assert.Contains("PSHOST", record.Tags);
        Assert.Equal(expected, ((HostInformationMessage)record.MessageData).Message);
    }

    [Fact]
    public void HostKeepsColourAndEndOfLine()
    {
        using var script = new Script();
        using var shell = script.Prepare("Write-Host a -ForegroundColor Red -NoNewline");
        shell.Invoke();
        var message = (HostInformationMessage)shell.Streams.Information.Single().MessageData;
        Assert.Equal(System.ConsoleColor.Red, message.ForegroundColor);
        Assert.True(message.NoNewLine);
    }

    [Fact]
    public void WarningVerboseDebugAndInformationReachTheirStreams()
    {
        using var script = new Script();
        using var shell = script.Prepare(
            "Write-Warning w; Write-Verbose v -Verbose; Write-Debug d -Debug; Write-Information i -Tags t");
        shell.Invoke();
        Assert.Equal("w", shell.Streams.Warning.Single().Message);
        Assert.Equal("v", shell.Streams.Verbose.Single().Message);
        Assert.Equal("d", shell.Streams.Debug.Single().Message);
        Assert.Equal("i", shell.Streams.Information.Single().MessageData);
        Assert.Equal(["t"], shell.Streams.Information.Single().Tags);
    }

    [Fact]
    public void PreferencesSwitchStreamsOn()
    {
        using var script = new Script();
        using var shell = script.Prepare("Write-Verbose no; $VerbosePreference = 'Continue'; Write-Verbose yes");
        shell.Invoke();
        Assert.Equal("yes", shell.Streams.Verbose.Single().Message);
    }

    [Fact]
    public void InformationRefusesTagsOfTheEngine()
    {
        using var script = new Script();
        var error = script.Error("Write-Information i -Tags PSHOST");
        Assert.StartsWith("PSPrefixReservedInInformationTag,", error.FullyQualifiedErrorId, System.StringComparison.Ordinal);
    }

    [Fact]
    public void ProgressKeepsWhatTheScriptSet()
    {
        using var script = new Script();
        using var shell = script.Prepare(
            "Write-Progress Copy 'file 1' -Id 3 -ParentId 1 -PercentComplete 40 -SecondsRemaining 9 -CurrentOperation op");
        shell.Invoke();
        var record = shell.Streams.Progress.Single();
        Assert.Equal(("Copy", "file 1", 3, 1), (record.Activity, record.StatusDescription, record.ActivityId, record.ParentActivityId));
        Assert.Equal((40, 9, "op"), (record.PercentComplete, record.SecondsRemaining, record.CurrentOperation));
    }

    [Fact]
    public void ProgressEndsWithCompleted()
    {
        using var script = new Script();
        using var shell = script.Prepare("Write-Progress -Activity Copy -Completed");
        shell.Invoke();
        Assert.Equal(ProgressRecordType.Completed, shell.Streams.Progress.Single().RecordType);
    }
}
