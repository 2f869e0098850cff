using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>client-module.md 9.4 and 9.5: replies in JSON, for servers that write them.</summary>
public sealed class JsonReplyTests
{
    private const string Call = "Invoke-RemoteScript -Session $s -OutputFormat Json -StructuredErrors -ScriptBlock { 1 } ";

    /// <summary>CM-D-13: elements that read as false are elements; Q-7: values as ConvertFrom-Json has them.</summary>
    [Theory, BothLanguages]
    public async Task OutputHasItsElementsAndTypes(PSLanguageMode mode)
    {
        await using var server = Answering(200, """{"output":[0,"",false,null,1.5,"2026-05-02T08:15:30Z",{"Name":"n"}],"errors":[]}""");
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(Call).NoErrors();
        Assert.Equal([0L, "", false, null, 1.5], result.Values.Take(5));
        Assert.Equal(new DateTime(2026, 5, 2, 8, 15, 30, DateTimeKind.Utc), result.Values[5]);
        Assert.Equal("n", result.Output[6]!.Properties["Name"].Value);
        Assert.EndsWith("outputFormat=Json&persistentSession=False&errorFormat=structured", server.Requests.Single().Target, StringComparison.Ordinal);
    }

    /// <summary>9.5 and CM-D-17: an error object becomes a record with its notes; CM-D-12: and can be stopped on.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("-ErrorAction Stop")]
    public async Task StructuredErrorIsARecord(string option)
    {
        await using var server = Answering(200, """
            {"output":["after"],"errors":[{"correlationId":"c1","errorCategory":"ObjectNotFound","fullyQualifiedErrorId":"Gone,Get-It",
            "message":"See log.","exceptionMessage":"It is gone.","categoryTargetName":"it","scriptStackTrace":"at line 3"}]}
            """);
        using var shell = Shell.Open(server);
        var result = shell.Run(Call + option);
        var error = result.Terminating ?? result.SingleError();
        Assert.Equal("It is gone.", error.Exception.InnerException?.Message ?? error.ToString());
        Assert.Equal(ErrorCategory.ObjectNotFound, error.CategoryInfo.Category);
        Assert.StartsWith("Gone,Get-It", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Warnings);
        if (option.Length == 0)
        {
            Assert.Equal("at line 3", error.Property("RemoteScriptStackTrace"));
            Assert.Equal("c1", error.Property("RemoteCorrelationId"));
            Assert.Equal(["after"], result.Values);
        }
    }

    [Fact]
    public async Task FlatErrorIsItsText()
    {
        await using var server = Answering(200, """{"output":[],"errors":["It broke."]}""");
        using var shell = Shell.Open(server);
        var error = ErrorCatalogue.OnlyErrorOf(shell.Run(Call));
        Assert.Equal("It broke.", error.ToString());
        Assert.Equal(ErrorCategory.NotSpecified, error.CategoryInfo.Category);
    }

    /// <summary>CM-D-14, CM-D-15: the body of a refusal is read, its errors are told, and output beside them is not swallowed.</summary>
    [Fact]
    public async Task RefusalInJsonIsToldByItsErrors()
    {
        await using var server = Answering(500, """{"output":["before"],"errors":["It broke."]}""");
        using var shell = Shell.Open(server);
        var result = shell.Run(Call);
        Assert.Equal("It broke.", result.SingleError().ToString());
        Assert.Equal(["before"], result.Values);
    }

    /// <summary>9.4 step 1: a server that does not know the format answers CLIXML, with a warning.</summary>
    [Fact]
    public async Task ReplyThatIsNoJsonIsReadAsCliXml()
    {
        await using var server = ScriptedServer.Replying(200, "OK", WaitReplies.CliXml("value"));
        using var shell = Shell.Open(server);
        var result = shell.Run(Call).NoErrors();
        Assert.Equal(["value"], result.Values);
        Assert.Single(result.Warnings);
    }

    private static ScriptedServer Answering(int status, string body) =>
        ScriptedServer.Replying(status, "Reply", body, ("Content-Type", "application/json"));
}
