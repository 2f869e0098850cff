using System.Management.Automation;

namespace SPE.Session;

/// <summary>
/// What a session reads as in a string: the text the engine makes of an object of properties shows them all (CM-D-29).
/// SPE.Types.ps1xml names it as the method ToString of sessions, those that were deserialised too, so it is public.
/// </summary>
public static class SessionText
{
    /// <summary>A text without secrets.</summary>
    public static string Of(PSObject session) => session is null ? "" : $"Session {new SessionProperties(session).Text("SessionId")}";
}
