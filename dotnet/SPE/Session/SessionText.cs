using System.Management.Automation;

namespace SPE.Session;

/// <summary>What a session reads as in a string. The engine calls it as a method of the object, so it is public.</summary>
public static class SessionText
{
    /// <summary>A text without secrets.</summary>
    public static string Of(PSObject session) => session is null ? "" : $"Session {new SessionProperties(session).Text("SessionId")}";
}
