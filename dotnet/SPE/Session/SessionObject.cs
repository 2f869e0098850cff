using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace SPE.Session;

/// <summary>
/// Makes session objects: plain objects with note properties, which scripts may set in ConstrainedLanguage as well
/// (client-module.md 3). The type name is for the view and the text alone, which
/// hide the secrets.
/// </summary>
internal static class SessionObject
{
    public const string TypeName = "Spe.Remoting.Session";

    /// <summary>A session from its properties; those that are not given are empty.</summary>
    public static PSObject Create(Uri[] uris, IReadOnlyDictionary<string, object?> given)
    {
        var session = new PSObject();
        session.TypeNames.Insert(0, TypeName);
        var properties = new (string Name, object? Unset)[]
        {
            ("Username", ""), ("Password", ""), ("SharedSecret", ""), ("AccessKeyId", ""), ("AccessToken", ""),
            ("SessionId", Remote.NewId()), ("Credential", null), ("UseDefaultCredentials", false), ("Algorithm", "HS256"),
            ("Connection", uris.Select(Connection).ToArray()), ("PersistentSession", false), ("Timeout", 0),
            ("HttpOption", null), ("_HttpClients", new Hashtable()),
        };
        foreach (var (name, unset) in properties)
        {
            session.Properties.Add(new PSNoteProperty(name, given.GetValueOrDefault(name) ?? unset));
        }

        return session;
    }

    private static object Connection(Uri uri)
    {
        var connection = new PSObject();
        connection.Properties.Add(new PSNoteProperty("Uri", uri));
        connection.Properties.Add(new PSNoteProperty("BaseUri", uri));
        return connection;
    }
}
