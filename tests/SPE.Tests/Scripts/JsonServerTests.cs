using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>client-module.md 9.4 and 9.5 with a server that writes JSON: what a script puts out arrives as what it is.</summary>
public sealed class JsonServerTests(TestServer server) : IClassFixture<TestServer>
{
    /// <summary>CM-D-13: also what reads as false.</summary>
    [Theory, BothLanguages]
    public void ElementsArriveWithTheirTypes(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Remote("0; ''; $false; 1.5; [DayOfWeek]::Friday; [pscustomobject]@{ Name = 'n' }", "-OutputFormat Json").NoErrors();
        Assert.Equal([0L, "", false, 1.5, "Friday"], result.Values.Take(5));
        Assert.Equal("n", result.Output[5]!.Properties["Name"].Value);
    }

    /// <summary>Where the depth ends stands a mark, which is handed on and not mistaken for a value.</summary>
    [Fact]
    public void MarkOfTheDepthPassesThrough()
    {
        using var shell = Shell.Open(server);
        shell.Run("$deep = Invoke-RemoteScript -Session $s -OutputFormat Json -ScriptBlock { @{ a = @{ b = @{ c = @{ d = @{ e = 'end' } } } } } }").NoErrors();
        var names = shell.Run("$deep.a.b.c.d.PSObject.Properties | ForEach-Object { $_.Name }").NoErrors().Values;
        Assert.Equal(["$truncated"], names);
    }

    /// <summary>9.5: as the server is shipped, a structured error names its kind and where to look, and no message.</summary>
    [Fact]
    public void StructuredErrorIsARecordWithTheIdOfTheLog()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("Write-Error 'inner' -Category ResourceBusy -ErrorId Busy1; 'after'", "-OutputFormat Json -StructuredErrors");
        var error = result.SingleError();
        Assert.Equal(["after"], result.Values);
        Assert.Equal(ErrorCategory.ResourceBusy, error.CategoryInfo.Category);
        Assert.StartsWith("Busy1", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain("inner", result.AllText(), StringComparison.Ordinal);
        Assert.Contains($"{error.Property("RemoteCorrelationId")}", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>9.5 and CM-D-17: where the server tells details, the record has the message, the target and the script stack.</summary>
    [Fact]
    public async Task DetailedErrorHasItsMessageAndStack()
    {
        await using var detailed = await TestServer.Start(
            config => config.Descendants("setting").Single(
                setting => setting.Attribute("name")!.Value.EndsWith("DetailedErrors", StringComparison.Ordinal)).SetAttributeValue("value", "true"));
        using var shell = Shell.Open(detailed);
        var error = shell.Remote("Write-Error 'inner' -TargetObject it", "-OutputFormat Json -StructuredErrors").SingleError();
        Assert.Equal("inner", error.ToString());
        Assert.Equal("it", error.TargetObject);
        Assert.NotEqual("", $"{error.Property("RemoteScriptStackTrace")}");
    }

    /// <summary>8.7: a script that throws is an error, also in JSON, and what it put out before is there.</summary>
    [Fact]
    public void TerminatingErrorComesWithTheOutputBefore()
    {
        using var shell = Shell.Open(server);
        var result = shell.Remote("'before'; throw 'hard'", "-OutputFormat Json");
        Assert.Equal(["before"], result.Values);
        Assert.Contains("Script execution failed", result.SingleError().ToString(), StringComparison.Ordinal);
    }
}
