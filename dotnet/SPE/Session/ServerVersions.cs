using System;
using System.Collections;
using System.Management.Automation;

namespace SPE.Session;

/// <summary>What a server of 8.x tells of itself, in the form in which later ones do (client-module.md 14).</summary>
internal static class ServerVersions
{
    private static readonly string[] Members = ["SPEVersion", "SitecoreVersion", "CurrentTime"];

    /// <summary>The object; null when the answer is not one.</summary>
    public static PSObject? Of(object? answer)
    {
        if ((answer is PSObject wrapped ? wrapped.BaseObject : answer) is not IDictionary table || !table.Contains(Members[0]))
        {
            return null;
        }

        var versions = new PSObject();
        foreach (var member in Members)
        {
            var value = table[member];
            versions.Properties.Add(new PSNoteProperty(member, value is PSObject inner ? inner.BaseObject : value));
        }

        return versions;
    }
}
