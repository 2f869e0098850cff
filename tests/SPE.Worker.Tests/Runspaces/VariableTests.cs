using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Runspaces;

/// <summary>The variables a script finds (wire protocol 3.2.2, 5.1, 7.6; decisions, $params).</summary>
public sealed class VariableTests(TestWorker worker) : IClassFixture<TestWorker>
{
    [Fact]
    public void ArgumentsAreParams()
    {
        var order = Order.Script with { Arguments = CliXml.Table("name", "given") };
        Assert.Equal(["Hashtable", "given"], worker.Run("$params.GetType().Name; $params.name", order).Texts);
    }

    [Fact]
    public void TheirTextIsThereToo()
    {
        var arguments = CliXml.Of("<S>a</S>");
        Assert.Equal([arguments], worker.Run("$cliXmlArgs", Order.Script with { Arguments = arguments }).Texts);
    }

    [Fact]
    public void SeveralObjectsAreAnArray()
    {
        var order = Order.Script with { Arguments = CliXml.Of("<S>a</S><I32>2</I32>") };
        Assert.Equal(["2", "a", "2"], worker.Run("$params.Count; $params", order).Texts);
    }

    [Fact]
    public void ArgumentsOfTheRunBeforeDoNotShow()
    {
        worker.Run("1", Order.Kept with { Arguments = CliXml.Of("<S>a</S>") });
        Assert.Equal(["True", "True"], worker.Run("$null -eq $params; $null -eq $cliXmlArgs", Order.Kept).Texts);
    }

    /// <summary>Decisions: property bags, no type conversion.</summary>
    [Theory]
    [InlineData("<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.System.Net.IPAddress</T></TN><ToString>10.0.0.1</ToString><Props><I32 N=\"Address\">1</I32></Props></Obj>", "System.Management.Automation.PSObject")]
    [InlineData("<SBK>[Environment]::Exit(1)</SBK>", "System.String")]
    public void ArgumentIsNotConvertedToItsType(string value, string type)
    {
        var order = Order.Script with { Arguments = CliXml.Of(value) };
        Assert.Equal([type], worker.Run("$params.psobject.BaseObject.GetType().FullName -replace 'PSCustomObject', 'PSObject'", order).Texts);
    }

    [Theory]
    [InlineData("no xml")]
    [InlineData("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><S>cut")]
    [InlineData("<!DOCTYPE x [<!ENTITY e \"e\">]><Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><S>&e;</S></Objs>")]
    public void ArgumentsThatAreNotCliXmlFailTheRunBeforeItsScript(string arguments)
    {
        var result = worker.Run("Write-Warning 'ran'", Order.Script with { Arguments = arguments });
        Assert.Equal("failed", result.Outcome);
        Assert.Equal("Spe.Remoting.InvalidArguments", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.Equal("InvalidData", result.Failure.GetProperty("errorCategory").GetString());
        Assert.Empty(result.Records);
    }

    [Fact]
    public void ArgumentsThatAreNestedTooDeeplyFailTheRun()
    {
        var value = "<S>x</S>";
        for (var depth = 0; depth < 200; depth++)
        {
            value = $"<Obj RefId=\"{depth}\"><LST>{value}</LST></Obj>";
        }

        var result = worker.Run("1", Order.Script with { Arguments = CliXml.Of(value) });
        Assert.Equal("Spe.Remoting.InvalidArguments", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
    }

    /// <summary>Reading them takes several times their size (engine notes 6).</summary>
    [Fact]
    public void ArgumentsThatAreTooLargeFailTheRun()
    {
        var order = Order.Script with { Arguments = CliXml.Of("<S>" + new string('x', 33_554_432) + "</S>") };
        var result = worker.Run("1", order);
        Assert.Equal("Spe.Remoting.InvalidArguments", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
    }

    /// <summary>Wire protocol 5.4, client module 8.4: each key is a variable of the job.</summary>
    [Theory]
    [InlineData("name", "$name")]
    [InlineData("__using_x", "$__using_x")]
    [InlineData("with space", "${with space}")]
    public void ArgumentOfAJobIsAVariable(string key, string variable)
    {
        var order = Order.Job with { Arguments = CliXml.Table(key, "given") };
        Assert.Equal(["given", "given"], worker.Run($"{variable}; $params.'{key}'", order).Texts);
    }

    /// <summary>A name with a colon would reach functions, drives and the environment.</summary>
    [Theory]
    [InlineData("env:PATH")]
    [InlineData("function:Get-Item")]
    [InlineData("global:x")]
    [InlineData(" ")]
    [InlineData("PID")]
    [InlineData("true")]
    public void NameThatIsNoVariableFailsTheJob(string key)
    {
        var result = worker.Run("Write-Warning 'ran'", Order.Job with { Arguments = CliXml.Table(key, "given") });
        Assert.Equal("failed", result.Outcome);
        Assert.Equal("Spe.Remoting.InvalidArguments", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
        Assert.Empty(result.Records);
    }

    [Fact]
    public void ArgumentsOfAJobThatAreNoTableFailIt()
    {
        var result = worker.Run("1", Order.Job with { Arguments = CliXml.Of("<S>x</S>") });
        Assert.Equal("Spe.Remoting.InvalidArguments", result.Failure.GetProperty("fullyQualifiedErrorId").GetString());
    }

    [Theory]
    [InlineData("$me", @"sitecore\tester")]
    [InlineData("$SitecoreVersion", "9.3.0")]
    [InlineData("$PSVersionTable.SPEVersion", "10.0.0")]
    [InlineData("$PSVersionTable.SitecoreVersion", "9.3.0")]
    [InlineData("$RemotingPolicy.Name", "unrestricted")]
    [InlineData("$RemotingPolicy.FullLanguage", "True")]
    [InlineData("$RemotingPolicy.HasApprovedScripts", "False")]
    [InlineData("$RemotingPolicy.AuditLevel", "Standard")]
    [InlineData("$null -eq $RemotingPolicy.psobject.Properties['AllowedCommands']", "True")]
    [InlineData("$ScriptSession.ID", "session-1")]
    [InlineData("$ScriptSession.State", "Busy")]
    [InlineData("$ScriptSession.ApplianceType", "RemoteAutomation")]
    [InlineData("$ScriptSession.psobject.TypeNames[0]", "Spe.Core.Host.ScriptSession")]
    [InlineData("$Host.Name", "SPE Remoting")]
    public void ScriptFindsWhereItRuns(string expression, string expected) =>
        Assert.Equal([expected], worker.Run(expression, Order.Script with { SessionId = "session-1" }).Texts);

    [Fact]
    public void JobFindsItsNameAndKind()
    {
        var order = Order.Job with { SessionId = "job-1", JobName = "nightly" };
        Assert.Equal(
            ["job-1", "nightly", "BackgroundJob"],
            worker.Run("$ScriptSession.ID; $ScriptSession.JobName; $ScriptSession.ApplianceType", order).Texts);
    }

    [Fact]
    public void PolicySaysWhenTheLanguageIsConstrained() =>
        Assert.Equal(["False"], worker.Run("$RemotingPolicy.FullLanguage", Order.Constrained).Texts);
}
