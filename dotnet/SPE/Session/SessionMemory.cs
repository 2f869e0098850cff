using System;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading;

namespace SPE.Session;

/// <summary>
/// What is remembered for a session object as long as it lives: the name of its cookie jar, and which servers have no wait
/// route. A copy made by <c>PSObject.Copy()</c> shares it, since it shares the table in <c>_HttpClients</c>, which is what the
/// memory hangs on.
/// </summary>
internal sealed class SessionMemory
{
    private static readonly ConditionalWeakTable<object, SessionMemory> OfObjects = [];

    private readonly ConcurrentDictionary<string, bool> _withoutWait = new(StringComparer.Ordinal);

    private int _unchecked;

    /// <summary>Remembers that the user was warned of certificates that are not checked; false when it was known.</summary>
    public bool RememberUnchecked() => Interlocked.Exchange(ref _unchecked, 1) == 0;

    /// <summary>Names the cookie jar.</summary>
    public Guid CookieJar { get; } = Guid.NewGuid();

    /// <summary>The memory that hangs on an object, made when there is none.</summary>
    public static SessionMemory Of(object anchor) => OfObjects.GetValue(anchor, _ => new SessionMemory());

    /// <summary>Whether the server was found to have no wait route.</summary>
    public bool IsWithoutWait(Endpoint endpoint) => _withoutWait.ContainsKey(endpoint.Address);

    /// <summary>Remembers it; false when it was known.</summary>
    public bool RememberWithoutWait(Endpoint endpoint) => _withoutWait.TryAdd(endpoint.Address, true);
}
