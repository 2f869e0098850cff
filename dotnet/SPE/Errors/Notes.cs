using System.Management.Automation;

namespace SPE.Errors;

/// <summary>Properties that error records of this module carry beside those of every error record.</summary>
internal static class Notes
{
    /// <summary>The id under which the server logged the request.</summary>
    public const string CorrelationId = "RemoteCorrelationId";

    /// <summary>The script stack on the server.</summary>
    public const string StackTrace = "RemoteScriptStackTrace";

    /// <summary>Where in the remote script.</summary>
    public const string InvocationInfo = "RemoteInvocationInfo";

    /// <summary>
    /// Attaches a property to a record, and to its exception, which is what is left of it in a catch block; nothing when the
    /// value is null or empty. The engine keeps such properties with the object, so they survive its wrappers (CM-D-17).
    /// </summary>
    public static void Attach(ErrorRecord record, string name, object? value)
    {
        if (value is null or "")
        {
            return;
        }

        Add(PSObject.AsPSObject(record), name, value);
        Add(PSObject.AsPSObject(record.Exception), name, value);
    }

    private static void Add(PSObject target, string name, object value)
    {
        target.Properties.Remove(name);
        target.Properties.Add(new PSNoteProperty(name, value));
    }
}
