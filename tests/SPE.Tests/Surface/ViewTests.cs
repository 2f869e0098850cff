using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Xml.Linq;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Surface;

/// <summary>client-module.md 1.4: how Sitecore's objects are shown, also those that came over the wire.</summary>
public sealed class ViewTests
{
    /// <summary>View, type, and columns as label, width (R for right) and property; blocks of script are in braces.</summary>
    private const string Views =
        """
        SitecoreItem|Sitecore.Data.Items.Item|Name 32=Name;Children 8=HasChildren;Languages 24=Languages;Id 38=ID;TemplateName 32=TemplateName
        SitecoreDatabase|Sitecore.Data.Database|Name 20=Name;Languages 30=Languages;Protected 10=Protected;Read Only 46=ReadOnly
        SitecoreCache|Sitecore.Caching.Cache|Name 40=Name;Enabled 8=Enabled;Count 10R=Count;Size 10R=Size;Max Size 10R=MaxSize;Default Priority 8R=DefaultPriority;Scavengable 11R=Scavengable
        SitecoreArchive|Sitecore.Data.Archiving.Archive|Name 40=Name;Items 8R={}
        Sitecore.Security.Accounts.User|Sitecore.Security.Accounts.User|Name 24=Name;Domain 12=Domain;IsAdministrator 15=IsAdministrator;IsAuthenticated 15=IsAuthenticated
        Sitecore.Security.Accounts.Role|Sitecore.Security.Accounts.Role|Name 40=Name;Domain 12=Domain;IsEveryone 15=IsEveryone
        Sitecore.Web.Authentication.DomainAccessGuard+Session|Sitecore.Web.Authentication.DomainAccessGuard+Session|Created 22=Created;LastRequest 22=LastRequest;SessionID 26=SessionID;UserName 40=UserName
        Sitecore.Security.Domains.Domain|Sitecore.Security.Domains.Domain|Name 15=Name;AccountPrefix 15=AccountPrefix;EnsureAnonymousUser 22=EnsureAnonymousUser;LocallyManaged 15=LocallyManaged
        Sitecore.Tasks.ScheduleItem|Sitecore.Tasks.ScheduleItem|Name 32=Name;Database 15=Database;Active 8=Active;Auto Remove 12=AutoRemove;Is Due 8=IsDue;Expired 8=Expired;Completed 12=IsCompleted;Last Run 22=LastRun;Next Run 22=NextRun
        ScriptSession|Spe.Core.Host.ScriptSession|Type 12=ApplianceType;Key 80=Key;Location 40=CurrentLocation;Auto Disposed 14=AutoDispose
        SitecoreAccessRule|Sitecore.Security.AccessControl.AccessRule|Account 32={};AccessRight 20=AccessRight;PermissionType 16=PermissionType;PropagationType 16=PropagationType;SecurityPermission 18=SecurityPermission
        Sitecore.ContentSearch.SearchTypes.SearchResultItem|Sitecore.ContentSearch.SearchTypes.SearchResultItem|Name 32=Name;Lang. 7=Language;Version 7=Version;Database 12=DatabaseName;Item Id 38=ItemId;Template Name 32=TemplateName
        Sitecore.ContentSearch.LuceneProvider.LuceneIndex|Sitecore.ContentSearch.LuceneProvider.LuceneIndex|Name 32=Name;IndexingState 15=IndexingState;IsRebuilding 15=IsRebuilding;IsSharded 10=IsSharded
        """;

    public static TheoryData<string> Rows => [.. Views.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    [Theory, MemberData(nameof(Rows))]
    public void ViewIsThatOfTheTable(string row)
    {
        var (name, type, columns) = row.Split('|') is [var first, var second, var third] ? (first, second, third) : throw new FormatException(row);
        var file = XDocument.Load(Repository.File("Modules", "SPE", "SPE.Format.ps1xml"));
        var view = file.Descendants("View").Single(view => view.Element("Name")!.Value == name);
        Assert.Equal(type, view.Descendants("TypeName").Single().Value);
        var cells = view.Descendants("TableColumnItem").Select(cell => cell.Element("PropertyName")?.Value ?? "{}").ToArray();
        var heads = view.Descendants("TableColumnHeader").Select(head =>
            $"{head.Element("Label")?.Value ?? ""} {head.Element("Width")!.Value}{(head.Element("Alignment")?.Value is "Right" ? "R" : "")}").ToArray();
        Assert.Equal(cells.Length, heads.Length);
        Assert.Equal(columns.Split(';'), heads.Zip(cells, (head, cell) => $"{(head[0] == ' ' ? cell : "")}{head}={cell}"));
    }

    /// <summary>The engine knows the default properties of both names, as objects of the wire have the longer one.</summary>
    [Theory]
    [InlineData("Sitecore.Data.Items.Item", "Name DisplayName HasChildren Languages ID Children Database TemplateName ItemPath", "Name ID")]
    [InlineData("Sitecore.Security.AccessControl.AccessRule", "AccessRight Account PermissionType PropagationType SecurityPermission", "AccessRight Account PermissionType PropagationType SecurityPermission")]
    [InlineData("Sitecore.ContentSearch.SearchTypes.SearchResultItem", "Name ItemId Language Version DatabaseName Path TemplateName", "Name ItemId Version Language DatabaseName")]
    [InlineData("Sitecore.ContentSearch.LuceneProvider.LuceneIndex", "Name IndexingState IsRebuilding IsSharded", null)]
    public void DefaultPropertiesAreThoseOfTheTable(string type, string display, string? keys)
    {
        foreach (var name in new[] { type, $"Deserialized.{type}" })
        {
            Assert.Equal(display.Split(' '), Properties(name, "DefaultDisplayPropertySet"));
            if (keys is not null)
            {
                Assert.Equal(keys.Split(' '), Properties(name, "DefaultKeyPropertySet"));
            }
        }
    }

    /// <summary>
    /// The engine's own formatter takes these views for objects of the wire. A table of one row shows the labels first, as wide as they were
    /// told to be; a longer one goes on in the next line.
    /// </summary>
    [Theory, MemberData(nameof(Rows))]
    public void ObjectsOfTheWireAreShownInTheirColumns(string row)
    {
        var parts = row.Split('|');
        var columns = parts[2].Split(';').Select(column => column.Split('=')).ToArray();
        var item = new PSObject();
        item.TypeNames.Insert(0, $"Deserialized.{parts[1]}");
        foreach (var (column, index) in columns.Select((column, index) => (column[1], index)).Where(column => column.Item1 != "{}"))
        {
            item.Properties.Add(new PSNoteProperty(column, index));
        }

        item.Properties.Add(new PSNoteProperty("Unseen", "not in the view"));
        using var shell = Shell.Open();
        shell.Set("item", item);
        var text = (string)shell.Run("$item | Out-String -Width 300").NoErrors().Value;
        var head = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeWhile(line => !line.StartsWith('-')).Select(line => Cells(line, columns));
        var shown = head.Aggregate((above, below) => [.. above.Zip(below, (first, second) => $"{first} {second}".Trim())]);
        Assert.Equal(columns.Select(column => Label(column[0])), shown);
        Assert.DoesNotContain("not in the view", text, StringComparison.Ordinal);
    }

    private static string Label(string head) => head[..head.LastIndexOf(' ')];

    /// <summary>A line of a table cut at the widths of its columns, with one blank between them.</summary>
    private static string[] Cells(string line, string[][] columns)
    {
        var start = 0;
        return Array.ConvertAll(columns, column =>
        {
            var width = int.Parse(column[0].Split(' ')[^1].TrimEnd('R'), CultureInfo.InvariantCulture);
            var cell = line.PadRight(start + width).Substring(start, width).Trim();
            start += width + 1;
            return cell;
        });
    }

    private static IEnumerable<string> Properties(string type, string set)
    {
        using var shell = Shell.Open();
        var item = new PSObject();
        item.TypeNames.Insert(0, type);
        shell.Set("item", item);
        var names = shell.Run($"$item.PSStandardMembers.{set}.ReferencedPropertyNames").NoErrors();
        return names.Output.SelectMany(value => value!.BaseObject is IEnumerable many and not string ? many.Cast<object>() : [value]).Select(value => $"{value}");
    }
}
