using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>client-module.md 1.2 and 2, MUST KEEP: what binds with 9.0 binds in the same way here.</summary>
public sealed class ParameterCompatibilityTests
{
    public static TheoryData<string> Names => [.. StockSurface.Commands.Keys];

    /// <summary>client-module.md 1.2: the 16 commands and no other.</summary>
    [Fact]
    public void ModuleExportsExactlyTheSixteen()
    {
        using var shell = Shell.Open();
        var module = (PSModuleInfo)shell.Run("Get-Module SPE").Value;
        Assert.Equal(16, StockSurface.Commands.Count);
        Assert.Equal(StockSurface.Commands.Keys.Order(), module.ExportedCommands.Keys.Order());
    }

    /// <summary>Sets, types, positions, pipeline, aliases, values and ranges of every parameter of the table.</summary>
    [Theory, MemberData(nameof(Names))]
    public void ParametersAreThoseOfTheTable(string name)
    {
        using var shell = Shell.Open();
        var (stock, command) = (StockSurface.Commands[name], Info(shell, name));
        Assert.All(stock.Parameters, parameter => Compare(parameter, command));
        if (stock.DefaultSet is not null)
        {
            Assert.Equal(stock.DefaultSet, command.DefaultParameterSet);
        }
    }

    /// <summary>decisions.md, connection options: a prefix that named one parameter in 9.0 names it still.</summary>
    [Theory, MemberData(nameof(Names))]
    public void EveryUnambiguousPrefixOfNinePointZeroStays(string name)
    {
        using var shell = Shell.Open();
        var now = Info(shell, name).Parameters.Values
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Aliases.Append(parameter.Name).ToArray());
        var before = StockSurface.Commands[name].Parameters
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Aliases.Append(parameter.Name).ToArray());
        foreach (var common in Cmdlet.CommonParameters)
        {
            before[common] = now[common];
        }

        var broken = before.Keys.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter))
            .SelectMany(parameter => Enumerable.Range(1, parameter.Length).Select(length => parameter[..length]))
            .Where(prefix => Resolve(before, prefix) is { } expected && Resolve(now, prefix) != expected);
        Assert.Empty(broken.Distinct());
    }

    /// <summary>client-module.md 2: uses that are known to live in scripts.</summary>
    [Fact]
    public void KnownAbbreviationsBind()
    {
        using var shell = Shell.Open();
        var session = shell.Run("New-ScriptSession -user u -pass p -conn https://h.test").OneObject();
        Assert.Equal("p", session.Properties["Password"].Value);
        Assert.Equal("Ids", Resolve(
            Info(shell, "Wait-RemoteSitecoreJob").Parameters.Values.ToDictionary(item => item.Name, item => item.Aliases.Append(item.Name).ToArray()), "Id"));
    }

    /// <summary>decisions.md, parameter types: all of them bind under ConstrainedLanguage.</summary>
    [Theory, MemberData(nameof(Names))]
    public void TypesOfParametersBindEverywhere(string name)
    {
        using var shell = Shell.Open();
        var own = Info(shell, name).Parameters.Values.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name));
        Type[] known =
        [
            typeof(string), typeof(int), typeof(long), typeof(SwitchParameter), typeof(Uri), typeof(System.Collections.IDictionary), typeof(ScriptBlock),
            typeof(PSCredential), typeof(PSObject), typeof(object),
        ];
        Assert.All(own, parameter => Assert.Contains(
            parameter.ParameterType.IsArray ? parameter.ParameterType.GetElementType()! : parameter.ParameterType, known));
    }

    /// <summary>client-module.md 16: with another root than Media the switches stay unknown.</summary>
    [Fact]
    public void MediaSwitchesAreDynamic()
    {
        using var shell = Shell.Open();
        Assert.DoesNotContain("SkipUnpack", Info(shell, "Send-RemoteItem").Parameters.Keys);
        var error = shell.Run("Send-RemoteItem -ConnectionUri http://h.test -Path /tmp/x -RootPath App -SkipUnpack").TerminatingError();
        Assert.Contains("SkipUnpack", error.ToString(), StringComparison.Ordinal);
    }

    private static void Compare(StockParameter stock, CmdletInfo command)
    {
        Assert.True(command.Parameters.TryGetValue(stock.Name, out var actual), $"{command.Name} has no {stock.Name}.");
        Assert.Equal(stock.Type, actual!.ParameterType.Name);
        Assert.Superset(stock.Aliases.ToHashSet(), actual.Aliases.ToHashSet());
        var sets = command.ParameterSets.Where(set => set.Parameters.Any(parameter => parameter.Name == stock.Name)).ToArray();
        if (stock.Sets is ["*"])
        {
            Assert.Equal(command.ParameterSets.Count, sets.Length);
        }
        else
        {
            Assert.Equal(stock.Sets.Order(), sets.Select(set => set.Name).Order());
        }

        foreach (var parameter in sets.Select(set => set.Parameters.Single(parameter => parameter.Name == stock.Name)))
        {
            var context = $"{command.Name} -{stock.Name}";
            Assert.True(stock.IsMandatory == parameter.IsMandatory, context);
            Assert.True(stock.Position == parameter.Position || (stock.Position < 0 && parameter.Position < 0), context);
            Assert.True(stock.IsFromPipeline == parameter.ValueFromPipeline, context);
            Assert.True(stock.IsByName == parameter.ValueFromPipelineByPropertyName, context);
        }

        Assert.Equal(stock.Values, actual.Attributes.OfType<ValidateSetAttribute>().SingleOrDefault()?.ValidValues);
        var range = actual.Attributes.OfType<ValidateRangeAttribute>().SingleOrDefault();
        Assert.Equal(stock.Range, range is null ? null : ((int)range.MinRange, (int)range.MaxRange));
    }

    private static CmdletInfo Info(Shell shell, string name)
    {
        shell.Set("name", name);
        return (CmdletInfo)shell.Run("Get-Command $name").Value;
    }

    /// <summary>An exact name or alias wins; else a prefix has to match names and aliases of one parameter only.</summary>
    private static string? Resolve(Dictionary<string, string[]> parameters, string prefix)
    {
        var exact = parameters.Where(entry => entry.Value.Contains(prefix, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (exact.Length > 0)
        {
            return exact[0].Key;
        }

        var matches = parameters.Where(entry =>
            entry.Value.Any(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))).ToArray();
        return matches.Length == 1 ? matches[0].Key : null;
    }
}
