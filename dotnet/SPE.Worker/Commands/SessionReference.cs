using System.Management.Automation;

namespace SPE.Worker.Commands;

/// <summary>Reads the id out of what a caller has of a session: the object, a copy that was serialised, or the id.</summary>
internal static class SessionReference
{
    /// <summary>The id, null when there is none.</summary>
    public static string? IdOf(PSObject? session)
    {
        if (session is null)
        {
            return null;
        }

        var value = session.BaseObject is string or System.Guid ? session.BaseObject : session.Properties["ID"]?.Value;
        var id = value?.ToString();
        return string.IsNullOrEmpty(id) ? null : id;
    }
}
