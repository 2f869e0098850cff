using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using SPE.Worker.Commands;
using SPE.Worker.Tests.Harness;
using Xunit;

namespace SPE.Worker.Tests.Commands;

/// <summary>The parameter tables of docs/script-sessions.md are those of the commands.</summary>
public sealed class DocumentationTests
{
    private static readonly string[] Page = Repository.Document("script-sessions.md").Split('\n');

    [Theory]
    [InlineData("Get-ScriptSession")]
    [InlineData("Out-Download")]
    [InlineData("Receive-ScriptSession")]
    [InlineData("Remove-ScriptSession")]
    [InlineData("Start-ScriptSession")]
    [InlineData("Stop-ScriptSession")]
    [InlineData("Wait-ScriptSession")]
    public void TableIsThatOfTheCommand(string name)
    {
        var type = ScriptSessionCommands.All.Single(command => command.Name == name).Type;
        Assert.Equal(Parameters(type).Order(), Documented(name).Order());
    }

    [Fact]
    public void EveryCommandHasASection() => Assert.All(
        ScriptSessionCommands.All, command => Assert.Contains($"## {command.Name}", Page));

    private static IEnumerable<string> Documented(string command) => Page
        .SkipWhile(line => line != $"## {command}")
        .Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => line.StartsWith("| `-", StringComparison.Ordinal))
        .Select(line => string.Join('|', line.Split('|')[1..^1].Select(cell => cell.Trim())));

    private static IEnumerable<string> Parameters(Type command)
    {
        var sample = Activator.CreateInstance(command);
        return command.GetProperties()
            .Where(property => property.IsDefined(typeof(ParameterAttribute)))
            .Select(property => string.Join(
                '|', Name(property), property.PropertyType.Name, Position(property), Required(property),
                Default(property.GetValue(sample)), Pipeline(property)));
    }

    private static string Name(PropertyInfo property)
    {
        var aliases = property.GetCustomAttribute<AliasAttribute>()?.AliasNames.Select(alias => $" (`-{alias}`)") ?? [];
        return $"`-{property.Name}`{string.Concat(aliases)}";
    }

    private static string Position(PropertyInfo property) =>
        Declaration(property).Position is var position && position >= 0 ? $"{position}" : "named";

    private static string Required(PropertyInfo property)
    {
        var parameter = Declaration(property);
        if (!parameter.Mandatory)
        {
            return "no";
        }

        return parameter.ParameterSetName == ParameterAttribute.AllParameterSets ? "yes" : $"in {parameter.ParameterSetName}";
    }

    private static string Default(object? value) => value is Array ? "" : $"{value}";

    private static string Pipeline(PropertyInfo property)
    {
        var parameter = Declaration(property);
        var ways = new List<string>();
        if (parameter.ValueFromPipeline)
        {
            ways.Add("by value");
        }

        if (parameter.ValueFromPipelineByPropertyName)
        {
            ways.Add("by name");
        }

        return ways.Count == 0 ? "no" : string.Join(", ", ways);
    }

    private static ParameterAttribute Declaration(PropertyInfo property) => property.GetCustomAttribute<ParameterAttribute>()!;
}
