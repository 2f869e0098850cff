using System.Linq;
using System.Text;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Runs;

/// <summary>Scripts as texts (wire protocol 3.2.2).</summary>
public sealed class ScriptTextTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void ByteOrderMarkIsNotPartOfTheScript()
    {
        byte[] script = [.. Encoding.UTF8.Preamble, .. "Get-Command Get-Command | Out-Null; 'ran'"u8];
        var result = worker.Finish(worker.Begin(script));
        Assert.Equal(["ran"], result.Texts);
        Assert.False(result.HadErrors);
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    public void LineEndsOfAnySystemWork(string end)
    {
        var script = string.Join(end, "$text = @'", "a", "'@", "# comment", "1 +", "1", "$text");
        Assert.Equal(["2", "a"], worker.Run(script).Texts);
    }

    [Fact]
    public void TextOfAnyLanguageArrives() => Assert.Equal(["é 漢 😀"], worker.Run("'é 漢 😀'").Texts);

    [Fact]
    public void LengthOfTheScriptIsInBytes()
    {
        var result = worker.Run("'漢'; $params", Order.Script with { Arguments = CliXml.Of("<S>é</S>") });
        Assert.Equal(["漢", "é"], result.Texts);
    }

    [Fact]
    public void ScriptOfTenMegabytesRuns()
    {
        var text = string.Concat(Enumerable.Repeat("0123456789", 1_000_000));
        Assert.Equal(["10000000"], worker.Run($"'{text}'.Length").Texts);
    }

    /// <summary>Wire protocol 12.4: clients send line ends behind the arguments.</summary>
    [Theory]
    [InlineData("\r\n\r\n", "")]
    [InlineData("\n", "<S>a</S>")]
    public void SpaceBehindTheArgumentsIsNothing(string space, string value)
    {
        var arguments = value.Length == 0 ? "" : CliXml.Of(value);
        var result = worker.Run("\"<$params>\"", Order.Script with { Arguments = arguments + space });
        Assert.Equal([value.Length == 0 ? "<>" : "<a>"], result.Texts);
    }
}
