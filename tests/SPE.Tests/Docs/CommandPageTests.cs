using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Docs;

/// <summary>
/// The pages of docs/commands are what the commands are, and the help is what the pages say. With SPE_WRITE_DOCS=1 in the
/// environment the syntax in the pages and the help file are written anew.
/// </summary>
public sealed class CommandPageTests
{
    private const string HowTo = "is not current: run the tests of this class with SPE_WRITE_DOCS=1 in the environment";

    private static readonly bool Write = Environment.GetEnvironmentVariable("SPE_WRITE_DOCS") is { Length: > 0 };

    private static readonly string[] Commands = [.. SPE.Tests.Surface.StockSurface.Commands.Keys.Order()];

    public static TheoryData<string> Names => [.. Commands];

    [Fact]
    public void EveryCommandHasAPage()
    {
        using var shell = Shell.Open();
        var commands = shell.Run("Get-Command -Module SPE | ForEach-Object { $_.Name }").NoErrors().Values.Cast<string>();
        Assert.Equal(Commands, commands.Order());
        Assert.All(Commands, name => Assert.Equal($"# {name}", new CommandPage(name).Title));
    }

    /// <summary>Names, aliases and types, in the order of nobody: a page is ordered for its reader.</summary>
    [Theory, MemberData(nameof(Names))]
    public void ParametersOfThePageAreThoseOfTheCommand(string name)
    {
        using var shell = Shell.Open();
        var actual = Info(shell, name).Parameters.Values.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name));
        Assert.Equal(
            actual.Select(parameter => Line(parameter.Name, parameter.Aliases, parameter.ParameterType.Name)).Order(),
            new CommandPage(name).Parameters.Select(row => Line(row.Name, row.Aliases, row.Type)).Order());
    }

    /// <summary>Defaults that the page states are those of the command.</summary>
    [Theory, MemberData(nameof(Names))]
    public void DefaultsOfThePageAreThoseOfTheCommand(string name)
    {
        using var shell = Shell.Open();
        var type = Info(shell, name).ImplementingType;
        var command = Activator.CreateInstance(type)!;
        foreach (var row in new CommandPage(name).Parameters.Where(row => row.Default.Length > 0 && row.Name is not ("WhatIf" or "Confirm" or "SessionId")))
        {
            var value = type.GetProperty(row.Name)!.GetValue(command);
            Assert.Equal(row.Default, value is SwitchParameter { IsPresent: false } ? "off" : $"{value}");
        }
    }

    /// <summary>Ranges and sets of values are in the text.</summary>
    [Theory, MemberData(nameof(Names))]
    public void ValuesThatAreCheckedAreNamed(string name)
    {
        using var shell = Shell.Open();
        var rows = new CommandPage(name).Parameters.ToDictionary(row => row.Name, row => row.Meaning);
        foreach (var parameter in Info(shell, name).Parameters.Values.Where(parameter => rows.ContainsKey(parameter.Name)))
        {
            foreach (var range in parameter.Attributes.OfType<ValidateRangeAttribute>())
            {
                Assert.Contains($"{range.MinRange} to {range.MaxRange}", rows[parameter.Name], StringComparison.Ordinal);
            }

            foreach (var value in parameter.Attributes.OfType<ValidateSetAttribute>().SelectMany(set => set.ValidValues))
            {
                Assert.Contains(value, rows[parameter.Name], StringComparison.Ordinal);
            }
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void SyntaxOfThePageIsThatOfTheCommand(string name)
    {
        using var shell = Shell.Open();
        var syntax = HelpFile.Syntax(Info(shell, name));
        if (Write)
        {
            new CommandPage(name).WriteSyntax(syntax);
        }

        Assert.True(syntax == new CommandPage(name).Syntax, $"docs/commands/{name}.md {HowTo}");
    }

    [Fact]
    public void HelpIsWhatThePagesSay()
    {
        using var shell = Shell.Open();
        var help = HelpFile.Of(Commands.Select(name => (Info(shell, name), new CommandPage(name))));
        var file = Repository.File("Modules", "SPE", "en-US", "SPE.dll-Help.xml");
        if (Write)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, help);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == help, $"{file} {HowTo}");
    }

    [Theory, MemberData(nameof(Names))]
    public void GetHelpShowsThePage(string name)
    {
        using var shell = Shell.Open();
        shell.Set("name", name);
        var values = shell.Run("$help = Get-Help $name -Full; $help.Synopsis; @($help.parameters.parameter).Count; @($help.examples.example).Count").NoErrors().Values;
        var page = new CommandPage(name);
        Assert.Equal(page.Synopsis.Replace("`", "", StringComparison.Ordinal), $"{values[0]}".Trim());
        Assert.Equal(page.Parameters.Count(), values[1]);
        Assert.Equal(page.Examples.Count(), values[2]);
    }

    /// <summary>docs/errors.md promises every id of the module.</summary>
    [Fact]
    public void EveryErrorIdIsDocumented()
    {
        using var shell = Shell.Open();
        var ids = Info(shell, "New-Jwt").ImplementingType.Assembly.GetType("SPE.Errors.ErrorIds", throwOnError: true)!
            .GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => (string)field.GetRawConstantValue()!).ToArray();
        var page = File.ReadAllText(Repository.File("docs", "errors.md"));
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.Contains($"| `{id}` |", page, StringComparison.Ordinal));
    }

    private static CmdletInfo Info(Shell shell, string name)
    {
        shell.Set("name", name);
        return (CmdletInfo)shell.Run("Get-Command $name").Value;
    }

    private static string Line(string name, System.Collections.Generic.IEnumerable<string> aliases, string type) =>
        $"{name} ({string.Join(' ', aliases.Order())}) {type}";
}
