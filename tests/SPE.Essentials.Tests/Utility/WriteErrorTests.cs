using System;
using System.Management.Automation;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class WriteErrorTests : IDisposable
{
    private readonly Script _script = new();

    [Fact]
    public void TextAloneHasTheStandardId()
    {
        var error = _script.Error("Write-Error boom");
        Assert.Equal("boom", error.Exception.Message);
        Assert.Equal("Microsoft.PowerShell.Commands.WriteErrorException", error.FullyQualifiedErrorId);
        Assert.Equal("Write-Error", error.CategoryInfo.Activity);
    }

    [Fact]
    public void IdCategoryAndTargetAreKept()
    {
        var error = _script.Error("Write-Error boom -ErrorId My.Id -Category InvalidData -TargetObject 7");
        Assert.Equal("My.Id", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidData, error.CategoryInfo.Category);
        Assert.Equal(7, error.TargetObject);
    }

    [Fact]
    public void AnExceptionKeepsItsTypeAndTakesTheMessageBeside()
    {
        var error = _script.Error("Write-Error -Exception ([System.IO.IOException]::new('inner')) -Message outer");
        Assert.IsType<System.IO.IOException>(error.Exception);
        Assert.Equal("outer", error.ToString());
    }

    [Fact]
    public void ARecordIsWrittenAgain()
    {
        var error = _script.Error("try { throw 'first' } catch { Write-Error -ErrorRecord $_ }");
        Assert.Equal("first", error.Exception.Message);
    }

    [Fact]
    public void TheErrorNamesTheFunctionThatWroteIt()
    {
        var error = _script.Error("function Get-Left { Write-Error boom }; Get-Left");
        Assert.Equal("Get-Left", error.InvocationInfo.MyCommand.Name);
        Assert.Contains("at Get-Left", error.ScriptStackTrace, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Write-Error boom -ErrorAction SilentlyContinue; $?", "False")]
    [InlineData("Write-Error boom -ErrorAction SilentlyContinue; $Error.Count", "1")]
    [InlineData("Write-Error boom -ErrorAction Ignore; $Error.Count", "0")]
    [InlineData("Write-Error boom -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].ToString()", "boom")]
    [InlineData("try { Write-Error boom -ErrorAction Stop } catch { \"caught $_\" }", "caught boom")]
    [InlineData("$ErrorActionPreference = 'Stop'; try { Write-Error boom } catch { \"caught $_\" }", "caught boom")]
    public void ErrorActionIsObeyed(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    public void Dispose() => _script.Dispose();
}
