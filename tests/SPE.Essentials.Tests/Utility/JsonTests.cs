using System;
using System.Linq;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class JsonTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1.0", "1.0")]
    [InlineData("$null", "null")]
    [InlineData("$true", "true")]
    [InlineData("'a\"b'", "\"a\\\"b\"")]
    [InlineData("1, 2", "[1,2]")]
    [InlineData("@{ a = 1 }", "{\"a\":1}")]
    [InlineData("@{ a = @() }", "{\"a\":[]}")]
    [InlineData("(New-Object psobject -Property @{ a = 1 })", "{\"a\":1}")]
    [InlineData("[datetime]::SpecifyKind('2024-02-03T04:05:06', 'Utc')", "\"2024-02-03T04:05:06Z\"")]
    [InlineData("[guid]::Empty", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("[System.DayOfWeek]::Friday", "5")]
    [InlineData("'abc'.Substring(0, 1)", "\"a\"")]
    public void ValuesBecomeText(string value, string expected) =>
        Assert.Equal(expected, _script.Text($"{value} | ConvertTo-Json -Compress"));

    [Theory]
    [InlineData("ConvertTo-Json -InputObject @(1) -Compress", "[1]")]
    [InlineData("1 | ConvertTo-Json -AsArray -Compress", "[1]")]
    [InlineData("[System.DayOfWeek]::Friday | ConvertTo-Json -EnumsAsStrings", "\"Friday\"")]
    [InlineData("'<' | ConvertTo-Json -EscapeHandling EscapeHtml", "\"\\u003c\"")]
    public void OptionsAreObeyed(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void TextIsIndentedUnlessCompressed() => Assert.Equal(
        "{\n  \"a\": [\n    1\n  ]\n}",
        ((string)_script.One("@{ a = @(1) } | ConvertTo-Json")!).ReplaceLineEndings("\n"));

    [Fact]
    public void WhatLiesTooDeepBecomesTextWithAWarning()
    {
        using var shell = _script.Prepare("@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress");
        Assert.Equal("{\"a\":{\"b\":{\"c\":\"System.Collections.Hashtable\"}}}", shell.Invoke().Single().BaseObject);
        Assert.Contains("set depth of 2", shell.Streams.Warning.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DepthReachesDeeper() => Assert.Equal(
        "{\"a\":{\"b\":{\"c\":{\"d\":1}}}}",
        _script.Text("@{ a = @{ b = @{ c = @{ d = 1 } } } } | ConvertTo-Json -Compress -Depth 3"));

    [Theory]
    [InlineData("('{\"a\":1}' | ConvertFrom-Json).a.GetType().Name", "Int64")]
    [InlineData("('{\"a\":1.5}' | ConvertFrom-Json).a.GetType().Name", "Double")]
    [InlineData("('{\"a\":\"2024-02-03T04:05:06Z\"}' | ConvertFrom-Json).a.Kind", "Utc")]
    [InlineData("('{\"a\":null}' | ConvertFrom-Json).PSObject.Properties.Name", "a")]
    [InlineData("('{\"b\":1,\"a\":2}' | ConvertFrom-Json).PSObject.Properties.Name", "b a")]
    [InlineData("('{\"a\":{\"b\":[1,{\"c\":2}]}}' | ConvertFrom-Json).a.b[1].c", "2")]
    [InlineData("('[1,2]' | ConvertFrom-Json | Measure-Object).Count", "2")]
    [InlineData("('[1,2]' | ConvertFrom-Json -NoEnumerate | Measure-Object).Count", "1")]
    [InlineData("('{\"a\":1}' | ConvertFrom-Json -AsHashtable)['a']", "1")]
    [InlineData("('{', '\"a\":1}' | ConvertFrom-Json).a", "1")]
    [InlineData("('{\"a\":1}', '{\"a\":2}' | ConvertFrom-Json).a", "1 2")]
    public void TextBecomesObjects(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void ObjectsComeBackTheSame() => Assert.Equal(
        "{\"a\":[1,\"x\",null,{\"b\":true}],\"c\":{}}",
        _script.Text("'{\"a\":[1,\"x\",null,{\"b\":true}],\"c\":{}}' | ConvertFrom-Json | ConvertTo-Json -Compress -Depth 9"));

    [Theory]
    [InlineData("nope")]
    [InlineData("{\"a\":1} 2")]
    [InlineData("{\"a\":")]
    [InlineData("{\"a\":1,\"A\":2}")]
    [InlineData("{\"\":1}")]
    public void WhatIsNotJsonIsAnError(string json) => Assert.Equal(
        "System.ArgumentException,Microsoft.PowerShell.Commands.ConvertFromJsonCommand",
        _script.Error($"'{json}' | ConvertFrom-Json").FullyQualifiedErrorId);

    public void Dispose() => _script.Dispose();
}
