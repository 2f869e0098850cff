using System;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class MeasureObjectTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("(1, 2, 3 | Measure-Object).Count", "3")]
    [InlineData("(@() | Measure-Object).Count", "0")]
    [InlineData("(1, 2, 3 | measure -Sum).Sum", "6")]
    [InlineData("(1, 2, 3 | Measure-Object -Average).Average", "2")]
    [InlineData("(1, 2, 3 | Measure-Object).Sum -eq $null", "True")]
    [InlineData("$m = 3, 1, 2 | Measure-Object -Maximum -Minimum; $m.Maximum; $m.Minimum", "3 1")]
    [InlineData("('b', 'a' | Measure-Object -Maximum).Maximum", "b")]
    [InlineData("(2, 4 | Measure-Object -StandardDeviation).StandardDeviation -gt 1.41", "True")]
    [InlineData("('abc', 'de' | Measure-Object Length -Sum).Sum", "5")]
    [InlineData("('abc', 'de' | Measure-Object Length -Sum).Property", "Length")]
    [InlineData("(1, 2 | Measure-Object { $_ * 10 } -Sum).Sum", "30")]
    [InlineData("$m = \"a b`nc\" | Measure-Object -Line -Word -Character; $m.Lines; $m.Words; $m.Characters", "2 3 5")]
    public void FiguresAreWorkedOut(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Theory]
    [InlineData("'abc' | Measure-Object Missing -Sum", "GenericMeasurePropertyNotFound")]
    [InlineData("'abc' | Measure-Object -Sum", "NonNumericInputObject")]
    public void WhatCannotBeMeasuredIsAnError(string text, string id) =>
        Assert.Equal($"{id},Microsoft.PowerShell.Commands.MeasureObjectCommand", _script.Error(text).FullyQualifiedErrorId);

    public void Dispose() => _script.Dispose();
}
