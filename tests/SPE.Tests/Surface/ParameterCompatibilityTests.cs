using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>client-module.md 2, MUST KEEP: positions, and every abbreviation that works with 9.0.</summary>
public sealed class ParameterCompatibilityTests
{
    /// <summary>The parameters of 9.0 (client-module.md 6, 7, 8, 12, 14, 16, 17 and 18), an alias behind its parameter's slash.</summary>
    private static readonly Dictionary<string, string> Commands = new()
    {
        ["New-ScriptSession"] =
            "Username Password SharedSecret AccessKeyId AccessToken ConnectionUri Timeout Credential UseDefaultCredentials Algorithm",
        ["Stop-ScriptSession"] = "Session ConnectionUri SessionId Username Password Credential Timeout",
        ["Invoke-RemoteScript"] =
            "ScriptBlock Session ConnectionUri SessionId Username Password SharedSecret Credential Arguments/ArgumentList AsJob Raw "
            + "OutputFormat StructuredErrors MaxRetries WhatIf/wi Confirm/cf",
        ["Wait-RemoteScriptSession"] =
            "Session Id Delay Raw MaxRetries WaitTimeoutSeconds OnVerbose OnInformation OnProgress OnWarning OnError Cursor OnCursor",
        ["Test-RemoteConnection"] = "Session Quiet",
        ["Send-RemoteItem"] =
            "Session ConnectionUri Username Password SharedSecret Credential UseDefaultCredentials Path/FullName RootPath Destination",
        ["Receive-RemoteItem"] =
            "Session ConnectionUri Username Password Credential Path RootPath Database Destination Force Container",
        ["New-Jwt"] =
            "Algorithm Type Issuer Audience Name KeyId ValidForSeconds SecretKey ClientSessionId NoIssuedAt NotBefore IssuedAt",
    };

    public static TheoryData<string> Names => [.. Commands.Keys];

    /// <summary>decisions.md, connection options: a prefix that named one parameter in 9.0 names it still.</summary>
    [Theory, MemberData(nameof(Names))]
    public void EveryUnambiguousPrefixOfNinePointZeroStays(string command)
    {
        using var shell = Shell.Open();
        shell.Set("command", command);
        var now = ((CmdletInfo)shell.Run("Get-Command $command").Value).Parameters.Values
            .ToDictionary(parameter => parameter.Name, parameter => parameter.Aliases.Append(parameter.Name).ToArray());
        var before = Commands[command].Split(' ').Select(entry => entry.Split('/')).ToDictionary(names => names[0]);
        foreach (var common in Cmdlet.CommonParameters)
        {
            before[common] = now[common];
        }

        var broken = before.Keys.Where(name => !Cmdlet.CommonParameters.Contains(name))
            .SelectMany(name => Enumerable.Range(1, name.Length).Select(length => name[..length]))
            .Where(prefix => Resolve(before, prefix) is { } expected && Resolve(now, prefix) != expected);
        Assert.Empty(broken.Distinct());
    }

    /// <summary>client-module.md 2: named parameters only, but for New-Jwt.</summary>
    [Theory, MemberData(nameof(Names))]
    public void OnlyNewJwtHasPositions(string command)
    {
        using var shell = Shell.Open();
        shell.Set("command", command);
        var positions = ((CmdletInfo)shell.Run("Get-Command $command").Value).ParameterSets
            .SelectMany(set => set.Parameters).Any(parameter => parameter.Position >= 0);
        Assert.Equal(command == "New-Jwt", positions);
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
