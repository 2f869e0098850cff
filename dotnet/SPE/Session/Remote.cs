using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using SPE.Native;

namespace SPE.Session;

/// <summary>Where a command calls and as whom, from a session object or from parameters.</summary>
internal sealed class Remote
{
    public required IReadOnlyList<Endpoint> Endpoints { get; init; }

    public required Credential Credential { get; init; }

    /// <summary>Never empty: it is part of the body of a script.</summary>
    public required string SessionId { get; init; }

    public bool PersistentSession { get; init; }

    public ConnectionOptions Options { get; init; } = new();

    public required SessionMemory Memory { get; init; }

    /// <summary>
    /// Reads a session, at every call anew, since scripts change its properties between calls. A token that was given to the
    /// command comes before the session's.
    /// </summary>
    public static Remote Of(PSCmdlet cmdlet, PSObject session, string? accessToken = null)
    {
        var properties = new SessionProperties(session);
        var credential = properties["Credential"] as PSCredential;
        return new Remote
        {
            Endpoints = [.. properties.List("Connection").Select(Connection)],
            Credential = Credentials.Of(
                string.IsNullOrEmpty(accessToken) ? properties.Text("AccessToken") : accessToken,
                properties.Text("SharedSecret"),
                properties.Text("AccessKeyId"),
                properties.Text("Algorithm"),
                properties.Text("Username"),
                properties.Text("Password"),
                credential),
            SessionId = properties.Text("SessionId") is { Length: > 0 } id ? id : NewId(),
            PersistentSession = properties.Flag("PersistentSession"),
            Options = ConnectionOptions.Read(cmdlet, properties["HttpOption"] as IDictionary),
            Memory = MemoryOf(session),
        };
    }

    /// <summary>The same servers as the same caller, in a session of another id.</summary>
    public Remote WithNewId() => new()
    {
        Endpoints = Endpoints, Credential = Credential, SessionId = NewId(), Options = Options, Memory = Memory,
    };

    /// <summary>A new session id in the form of the protocol.</summary>
    public static string NewId() => Guid.NewGuid().ToString("D");

    /// <summary>One of the endpoints as the engine wants it.</summary>
    public Target To(Endpoint endpoint) => new()
    {
        BaseUri = endpoint.BaseUri,
        Credential = Credential,
        SessionId = SessionId,
        CookieJar = Memory.CookieJar,
        ConnectTimeoutSeconds = Options.ConnectTimeoutSeconds,
        OperationTimeoutSeconds = Options.OperationTimeoutSeconds,
        Connection = Options.Connection,
    };

    private static Endpoint Connection(object? value) =>
        Endpoint.Of(value is string or Uri ? value : SessionProperties.Read(value, "BaseUri"));

    /// <summary>What is remembered for a session object.</summary>
    public static SessionMemory MemoryOf(PSObject session) => SessionMemory.Of(Anchor(session, new SessionProperties(session)));

    /// <summary>The object whose life is the session's: the table that copies share, else the session itself.</summary>
    private static object Anchor(PSObject session, SessionProperties properties) =>
        properties["_HttpClients"] as IDictionary
        ?? (session.BaseObject is PSCustomObject ? session : session.BaseObject);
}
