using System;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class VariableTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("$x = 5; (Get-Variable x).Value", "5")]
    [InlineData("$x = 5; Get-Variable x -ValueOnly", "5")]
    [InlineData("$abc1 = 1; $abc2 = 2; (Get-Variable abc*).Name", "abc1 abc2")]
    [InlineData("$abc1 = 1; $abc2 = 2; (Get-Variable abc* -Exclude *1).Name", "abc2")]
    [InlineData("$x = 1; function f { $x = 2; Get-Variable x -Scope 1 -ValueOnly }; f", "1")]
    [InlineData("$global:x = 3; function f { $x = 2; Get-Variable x -Scope Global -ValueOnly }; f", "3")]
    [InlineData("Set-Variable x 5; $x", "5")]
    [InlineData("Set-Variable -Name x, y -Value 5; $x + $y", "10")]
    [InlineData("1, 2 | Set-Variable x; $x", "1 2")]
    [InlineData("$x = 1; function f { Set-Variable x 2 }; f; $x", "1")]
    [InlineData("$x = 1; function f { Set-Variable x 2 -Scope 1 }; f; $x", "2")]
    [InlineData("function f { Set-Variable x 2 -Scope Global }; f; $global:x", "2")]
    [InlineData("(Set-Variable x 5 -PassThru).Name", "x")]
    [InlineData("$x = 1; Set-Variable x 2 -WhatIf; $x", "1")]
    public void VariablesAreReadAndSet(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void AVariableThatIsMissingIsAnError() => Assert.Equal(
        "VariableNotFound,Microsoft.PowerShell.Commands.GetVariableCommand",
        _script.Error("Get-Variable nope").FullyQualifiedErrorId);

    [Fact]
    public void AConstantKeepsItsValue() => Assert.Contains(
        "VariableNotWritable",
        _script.Error("Set-Variable c 1 -Option ReadOnly; Set-Variable c 2").FullyQualifiedErrorId,
        StringComparison.Ordinal);

    public void Dispose() => _script.Dispose();
}
