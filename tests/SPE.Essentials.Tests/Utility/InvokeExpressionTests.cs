using System;
using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class InvokeExpressionTests
{
    [Theory]
    [InlineData("Invoke-Expression '1 + 1'", "2")]
    [InlineData("'1', '2' | Invoke-Expression", "1 2")]
    [InlineData("Invoke-Expression '$x = 3'; $x", "3")]
    [InlineData("$x = 4; Invoke-Expression '$x'", "4")]
    [InlineData("iex 'try { throw 1 } catch { \"caught $_\" }'", "caught 1")]
    public void TextRunsInTheScopeOfTheCaller(string text, string expected)
    {
        using var script = new Script();
        Assert.Equal(expected, script.Text(text));
    }

    [Fact]
    public void OutputComesWhileTheTextRuns()
    {
        using var script = new Script();
        Assert.Equal("1", script.Text("Invoke-Expression '1; throw 2' | Select-Object -First 1"));
    }

    [Fact]
    public void AnErrorInTheTextIsWritten()
    {
        using var script = new Script();
        Assert.Equal("boom", script.Error("Invoke-Expression 'Write-Error boom'").ToString());
    }

    [Fact]
    public void ConstrainedLanguageConstrainsTheText()
    {
        using var script = new Script(PSLanguageMode.ConstrainedLanguage);
        var error = script.Error("Invoke-Expression '[System.Text.StringBuilder]::new()'");
        Assert.Contains("ConstrainedLanguage", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}
