using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Scripts;

/// <summary>
/// client-module.md 10: values of the caller in the remote script, in every form that PowerShell's parser knows.
/// </summary>
public sealed class UsingTests(TestServer server) : IClassFixture<TestServer>
{
    private const string Locals =
        """
        $x = 'local'
        $number = 7
        $none = $null
        $list = 'zero', 'one', 'two'
        $table = @{ key = 'of the table'; inner = @{ deep = 'deep value' } }
        $object = New-Object psobject -Property @{ Name = 'of the object' }
        $splat = @{ Property = 'Length'; Sum = $true }
        $with_1 = 'name with digit'
        ${odd name} = 'braced'
        """;

    /// <summary>10.1 and every form of 10.3, with the values PowerShell's own remoting gives them.</summary>
    [Theory]
    [InlineData("$using:x", "local")]
    [InlineData("$USING:X", "local")]
    [InlineData("$using:number + $using:number + $Using:Number", "21")]
    [InlineData("$using:none -eq $null", "True")]
    [InlineData("& { & { $using:x } }", "local")]
    [InlineData("$using:object.Name", "of the object")]
    [InlineData("$using:x.Length", "5")]
    [InlineData("$using:list[1]", "one")]
    [InlineData("$using:list[-1].Length", "3")]
    [InlineData("$using:list.Count", "3")]
    [InlineData("$using:table.key", "of the table")]
    [InlineData("$using:table['key']", "of the table")]
    [InlineData("$using:table.inner.deep", "deep value")]
    [InlineData("\"text $using:x end\"", "text local end")]
    [InlineData("\"text $($using:x) end\"", "text local end")]
    [InlineData("\"text $using:object.Name\"", "*.Name")]
    [InlineData("\"text $($using:object.Name)\"", "text of the object")]
    [InlineData("\"$using:x$using:number\"", "local7")]
    [InlineData("\"${using:x}y\"", "localy")]
    [InlineData("'literal $using:x'", "literal $using:x")]
    [InlineData("\"escaped `$using:x\"", "escaped $using:x")]
    [InlineData("@\"\nhere $using:x\n\"@", "here local")]
    [InlineData("('four', 'to' | Measure-Object @using:splat).Sum", "6")]
    [InlineData("$using:script:x", "local")]
    [InlineData("$using:global:x", "local")]
    [InlineData("${using:odd name}", "braced")]
    [InlineData("$using:with_1", "name with digit")]
    [InlineData("<# $using:absent #> $using:x # $using:absent", "local")]
    [InlineData("$a = $using:x; $b = $using:number; \"$a-$b-$using:x\"", "local-7-local")]
    [InlineData("foreach ($i in $using:list) { $i }", "zero one two")]
    public void FormGivesTheValueOfTheCaller(string expression, string expected)
    {
        using var shell = Shell.Open(server);
        var result = shell.Run($"{Locals}\nInvoke-RemoteScript -Session $s -ScriptBlock {{ {expression}\n}}").NoErrors();
        var actual = string.Join(' ', result.Values);
        if (expected.StartsWith('*'))
        {
            Assert.EndsWith(expected[1..], actual, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(expected, actual);
        }
    }

    /// <summary>
    /// The issue asks for all of it in a constrained caller as well; these are the forms that evaluate something.
    /// </summary>
    [Theory]
    [InlineData("$using:x", "local")]
    [InlineData("$using:object.Name", "of the object")]
    [InlineData("$using:list[1]", "one")]
    [InlineData("$using:table['key']", "of the table")]
    [InlineData("\"text $using:x\"", "text local")]
    [InlineData("('four', 'to' | Measure-Object @using:splat).Sum", "6")]
    [InlineData("$using:global:x", "local")]
    public void FormWorksFromConstrainedLanguage(string expression, string expected)
    {
        using var shell = Shell.Open(server, PSLanguageMode.ConstrainedLanguage);
        var result = shell.Run($"{Locals}\nInvoke-RemoteScript -Session $s -ScriptBlock {{ {expression} }}").NoErrors();
        Assert.Equal(expected, string.Join(' ', result.Values));
    }

    /// <summary>10.3: a drive-qualified name maps to a legal one.</summary>
    [Fact]
    public void EnvironmentVariableOfTheCallerIsSent()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run("$env:PSModulePath; Invoke-RemoteScript -Session $s -ScriptBlock { $using:env:PSModulePath }").NoErrors().Values;
        Assert.Equal(values[0], values[1]);
    }

    /// <summary>10.2: locals of a function, and its caller's, are found as the function sees them.</summary>
    [Theory, BothLanguages]
    public void LocalsOfAFunctionAreSeen(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            """
            $global:value = 'global'
            function Inner { $local = 'inner'; Invoke-RemoteScript -Session $s -ScriptBlock { "$using:value $using:local $using:outer" } }
            function Outer { $value = 'function'; $outer = 'outer'; Inner }
            Outer
            & { $value = 'block'; Invoke-RemoteScript -Session $s -ScriptBlock { $using:value } }
            """);
        Assert.Equal(["function inner outer", "block"], values.NoErrors().Values);
    }

    /// <summary>CM-D-06: names of the command's own parameters and insides are the caller's variables.</summary>
    [Fact]
    public void NamesOfParametersAreTheCallersVariables()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $session = 1; $Raw = 2; $Arguments = 3; $ScriptBlock = 4; $OutputFormat = 5; $MaxRetries = 6; $var = 7; $params = 8
            Invoke-RemoteScript -Session $s -ScriptBlock {
                $using:session; $using:Raw; $using:Arguments; $using:ScriptBlock; $using:OutputFormat; $using:MaxRetries; $using:var; $using:params }
            """);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], values.NoErrors().Values);
    }

    /// <summary>10.1: keys are merged into given arguments, and 10.3: the caller's table is not touched.</summary>
    [Theory, BothLanguages]
    public void ArgumentsAreMergedAndTheCallersTableStays(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var values = shell.Run(
            """
            $x = 'using'; $mine = @{ a = 'argument' }
            Invoke-RemoteScript -Session $s -ScriptBlock { $params.a; $using:x } -Arguments $mine
            $mine.Count
            """);
        Assert.Equal(["argument", "using", 1], values.NoErrors().Values);
    }

    /// <summary>
    /// 10.2 step 3: a variable that does not exist is a terminating error that names it, and nothing is sent.
    /// </summary>
    [Theory, BothLanguages]
    public async Task MissingVariableIsATerminatingError(PSLanguageMode mode)
    {
        await using var recorder = ScriptedServer.Replying(200, "OK");
        using var shell = Shell.Open(recorder, mode);
        var error = shell.Remote("$using:nowhere").TerminatingError();
        Assert.Contains("nowhere", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(recorder.Requests);
    }

    /// <summary>
    /// 10.3: the body of a function has no braces of its own, and text of a block may start with one.
    /// </summary>
    [Fact]
    public void BlocksThatAreNotLiteralsAreRewrittenAtTheRightPlace()
    {
        using var shell = Shell.Open(server);
        var values = shell.Run(
            """
            $x = 'local'
            function Remote-Body { "body $using:x" }
            Invoke-RemoteScript -Session $s -ScriptBlock ${function:Remote-Body}
            Invoke-RemoteScript -Session $s -ScriptBlock ([scriptblock]::Create('{ "created $using:x" }.Invoke()'))
            Invoke-RemoteScript -Session $s -ScriptBlock ([scriptblock]::Create('"plain $using:x"'))
            """);
        Assert.Equal(["body local", "created local", "plain local"], values.NoErrors().Values);
    }

    /// <summary>A block with parameters of its own keeps them.</summary>
    [Fact]
    public void ParamBlockStays()
    {
        using var shell = Shell.Open(server);
        var value = shell.Run(
            "$x = 'local'; Invoke-RemoteScript -Session $s -ScriptBlock { param($a = 'default') \"$a $using:x\" }");
        Assert.Equal("default local", value.Value);
    }

    /// <summary>8.4: in a job the same forms work, and arguments are variables.</summary>
    [Theory, BothLanguages]
    public void FormsWorkInAJob(PSLanguageMode mode)
    {
        using var shell = Shell.Open(server, mode);
        var result = shell.Run(
            $$"""
            {{Locals}}
            $id = Invoke-RemoteScript -Session $s -AsJob -Arguments @{ given = 'argument' } -ScriptBlock {
                "$using:x $($using:object.Name) $given"; $using:list[1]; ('four', 'to' | Measure-Object @using:splat).Sum }
            Wait-RemoteScriptSession -Session $s -Id $id | ForEach-Object { $_ }
            """).NoErrors();
        Assert.Equal(
            "local of the object argument one 6", string.Join(' ', result.Output.Select(value => value?.ToString())));
    }

    /// <summary>Objects go over with depth 2 and come back as property bags.</summary>
    [Fact]
    public void ObjectsAreSentByValue()
    {
        using var shell = Shell.Open(server);
        var value = shell.Run(
            "$object = New-Object psobject -Property @{ Inner = New-Object psobject -Property @{ Value = 9 } };" +
            "Invoke-RemoteScript -Session $s -ScriptBlock { $copy = $using:object; $copy.Inner.Value + 1 }");
        Assert.Equal(10, value.Value);
    }
}
