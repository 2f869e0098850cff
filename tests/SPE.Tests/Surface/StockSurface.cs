using System;
using System.Collections.Generic;
using System.Linq;

namespace SPE.Tests.Surface;

/// <summary>
/// The parameters of the 16 commands of 9.0, from client-module.md 6 to 21. A line is a parameter: name, type, its parameter sets (<c>*</c>
/// for all), and behind them: <c>!</c> mandatory, <c>@n</c> position, <c>&lt;</c> from the pipeline, <c>&lt;name</c> by property name too,
/// <c>=Alias</c>, <c>[a|b]</c> a set of values, <c>(a..b)</c> a range. The first line of a command names it and its default set.
/// </summary>
internal static class StockSurface
{
    private const string Roots = "[App|Data|Debug|Index|Layout|Log|Media|Package|Serialization|Temp]";

    private static readonly string[] Text =
    [
        """
        New-ScriptSession All
        Username String All,Password,SharedSecret !
        Password String Password !
        SharedSecret String SharedSecret,AccessKey !
        AccessKeyId String AccessKey !
        AccessToken String AccessToken !
        ConnectionUri Uri[] * !
        Timeout Int32 *
        Credential PSCredential Password,SharedSecret,Credential
        UseDefaultCredentials SwitchParameter Password,SharedSecret,DefaultCredentials
        Algorithm String SharedSecret,AccessKey [HS256|HS384|HS512]
        """,
        """
        Stop-ScriptSession -
        Session PSObject Session
        ConnectionUri Uri[] Uri
        SessionId String Uri
        Username String Uri
        Password String Uri
        Credential PSCredential Uri
        Timeout Object *
        """,
        """
        Invoke-RemoteScript InProcess
        ScriptBlock ScriptBlock *
        Session PSObject Session
        ConnectionUri Uri[] Uri
        SessionId String Uri
        Username String Uri
        Password String Uri
        SharedSecret String Uri
        Credential PSCredential Uri
        Arguments IDictionary * =ArgumentList
        AsJob SwitchParameter Session
        Raw SwitchParameter *
        OutputFormat String * [CliXml|Json|Raw]
        StructuredErrors SwitchParameter *
        MaxRetries Int32 * (0..10)
        WhatIf SwitchParameter * =wi
        Confirm SwitchParameter * =cf
        """,
        """
        Wait-RemoteScriptSession -
        Session PSObject Session
        Id String *
        Delay Int32 *
        Raw SwitchParameter *
        MaxRetries Int32 * (0..10)
        WaitTimeoutSeconds Int32 * (1..60)
        OnVerbose ScriptBlock *
        OnInformation ScriptBlock *
        OnProgress ScriptBlock *
        OnWarning ScriptBlock *
        OnError ScriptBlock *
        Cursor String *
        OnCursor ScriptBlock *
        """,
        """
        Wait-RemoteSitecoreJob -
        Session PSObject Session
        Ids String[] *
        Delay Int32 *
        MaxRetries Int32 * (0..10)
        WaitTimeoutSeconds Int32 * (1..60)
        """,
        """
        Wait-RemoteConnection -
        Session PSObject * ! @0
        TimeoutSeconds Int32 * @1 (5..600)
        """,
        """
        Test-RemoteConnection -
        Session PSObject Session
        Quiet SwitchParameter *
        """,
        $"""
        Send-RemoteItem Uri
        Session PSObject Session !
        ConnectionUri Uri[] Uri
        Username String Uri
        Password String Uri
        SharedSecret String Uri
        Credential PSCredential Uri
        UseDefaultCredentials SwitchParameter Uri
        Path String * ! <name =FullName
        RootPath String * {Roots}
        Destination String *
        """,
        $"""
        Receive-RemoteItem Uri_and_File
        Session PSObject Session_and_File,Session_and_Database !
        ConnectionUri Uri[] Uri_and_File,Uri_and_Database !
        Username String Uri_and_File,Uri_and_Database
        Password String Uri_and_File,Uri_and_Database
        Credential PSCredential Uri_and_File,Uri_and_Database
        Path String * ! <
        RootPath String Uri_and_File,Session_and_File {Roots}
        Database String Uri_and_Database,Session_and_Database !
        Destination String * !
        Force SwitchParameter *
        Container SwitchParameter Uri_and_Database,Session_and_Database
        """,
        """
        New-Jwt -
        Algorithm String * ! @0 [HS256|HS384|HS512]
        Type String * @1
        Issuer String * ! @2
        Audience String * ! @3
        Name String * @4
        KeyId String * @5
        ValidForSeconds Int32 * @6
        SecretKey String * ! @7
        ClientSessionId String * @8
        NoIssuedAt SwitchParameter *
        NotBefore Int64 * @9
        IssuedAt Int64 * @10
        """,
        """
        ConvertFrom-JwtHeader -
        Token String * ! @0 < =AccessToken
        Raw SwitchParameter *
        """,
        """
        ConvertFrom-JwtPayload -
        Token String * ! @0 < =AccessToken
        Raw SwitchParameter *
        """,
        """
        ConvertTo-CliXml -
        InputObject PSObject[] * ! @0 <
        """,
        """
        ConvertFrom-CliXml -
        InputObject String[] * ! @0 <
        """,
        """
        Start-MediaSyncWatcher -
        Path String * ! @0 =configPath
        """,
        """
        Stop-MediaSyncWatcher -
        Path String * ! @0 =configPath
        """,
    ];

    /// <summary>The commands by name.</summary>
    public static IReadOnlyDictionary<string, StockCommand> Commands { get; } =
        Text.Select(StockCommand.Parse).ToDictionary(command => command.Name);
}

/// <summary>A command as 9.0 has it; the default set is null where there is none or only one.</summary>
internal sealed record StockCommand(string Name, string? DefaultSet, IReadOnlyList<StockParameter> Parameters)
{
    public static StockCommand Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var head = lines[0].Split(' ');
        return new StockCommand(head[0], head[1] == "-" ? null : head[1].Replace('_', ' '), [.. lines[1..].Select(StockParameter.Parse)]);
    }
}

/// <summary>A parameter as 9.0 has it.</summary>
internal sealed record StockParameter(string Name, string Type, IReadOnlyList<string> Sets, IReadOnlyList<string> Marks)
{
    public bool IsMandatory => Marks.Contains("!");

    public int Position => Marks.Where(mark => mark[0] == '@').Select(mark => int.Parse(mark[1..], null)).DefaultIfEmpty(int.MinValue).Single();

    public bool IsFromPipeline => Marks.Any(mark => mark[0] == '<');

    public bool IsByName => Marks.Contains("<name");

    public IEnumerable<string> Aliases => Marks.Where(mark => mark[0] == '=').Select(mark => mark[1..]);

    public IReadOnlyList<string>? Values => Marks.Where(mark => mark[0] == '[').Select(mark => mark.Trim('[', ']').Split('|')).SingleOrDefault();

    public (int Min, int Max)? Range => Marks.Where(mark => mark[0] == '(').Select(mark =>
    {
        var bounds = mark.Trim('(', ')').Split("..");
        return ((int, int)?)(int.Parse(bounds[0], null), int.Parse(bounds[1], null));
    }).SingleOrDefault();

    public static StockParameter Parse(string line)
    {
        var words = line.Split(' ');
        return new StockParameter(words[0], words[1], [.. words[2].Split(',').Select(set => set.Replace('_', ' '))], words[3..]);
    }
}
