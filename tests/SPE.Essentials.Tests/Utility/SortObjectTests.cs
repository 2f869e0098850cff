using System;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class SortObjectTests : IDisposable
{
    private const string Rows =
        "$rows = @{ n = 'a'; v = 2 }, @{ n = 'b'; v = 1 }, @{ n = 'c'; v = 2 }" +
        " | ForEach-Object { New-Object psobject -Property $_ };";

    private readonly Script _script = new();

    [Theory]
    [InlineData("3, 10, 2 | Sort-Object", "2 3 10")]
    [InlineData("'b', 'A', 'c' | Sort-Object", "A b c")]
    [InlineData("3, 10, 2 | Sort-Object -Descending", "10 3 2")]
    [InlineData("3, 10, 2 | Sort-Object { -$_ }", "10 3 2")]
    [InlineData("3, 1, 3, 1 | Sort-Object -Unique", "1 3")]
    [InlineData("'a', 'B', 'A' | Sort-Object -Unique", "a B")]
    [InlineData("3, 10, 2 | Sort-Object -Top 2", "2 3")]
    [InlineData("3, 10, 2 | Sort-Object -Bottom 1", "10")]
    [InlineData("[version]'1.10', [version]'1.9' | Sort-Object", "1.9 1.10")]
    public void ValuesAreSorted(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Theory]
    [InlineData("v", "b a c")]
    [InlineData("v -Descending", "a c b")]
    [InlineData("v, n -Descending", "c a b")]
    [InlineData("@{ Expression = 'v'; Descending = $true }, @{ e = { $_.n }; Ascending = $true }", "a c b")]
    [InlineData("@{ Expression = 'v' }, @{ Expression = 'n'; Descending = $true }", "b c a")]
    public void ObjectsAreSortedByTheirProperties(string order, string expected) =>
        Assert.Equal(expected, _script.Text($"{Rows} ($rows | Sort-Object {order}).n"));

    public void Dispose() => _script.Dispose();
}
