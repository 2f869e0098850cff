using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using SPE.Worker.Channel;

namespace SPE.Worker.Commands;

/// <summary>
/// The script session as scripts know it: note properties on an object of the old type name, so that every script may read it,
/// in ConstrainedLanguage too.
/// </summary>
internal static class ScriptSessionObject
{
    /// <summary>The type name that formatting and scripts look for.</summary>
    public const string TypeName = "Spe.Core.Host.ScriptSession";

    /// <summary>Makes one of a <c>session</c> of the channel.</summary>
    public static PSObject Of(JsonElement session)
    {
        var error = session.TryGetProperty("error", out var found) && found.ValueKind == JsonValueKind.Object
            ? JobFailure.Of(found)
            : null;
        var result = Create(Text(session, "id"), Text(session, "state"), Text(session, "kind"), Text(session, "name"));
        Note(result, "Handle", Text(session, "handle"));
        Note(result, "AutoDispose", Flag(session, "autoDispose"));
        Note(result, "HasResult", Flag(session, "hasResult"));
        Note(result, "StartedUtc", Moment(session, "startedUtc"));
        Note(result, "EndedUtc", Moment(session, "endedUtc"));
        Note(result, "Error", error?.ToObject());
        Note(result, "LastErrors", error is null ? Array.Empty<object>() : new object[] { error.ToRecord() });
        return result;
    }

    /// <summary>Makes those of a reply. A list that is too long for a header stands in the payload.</summary>
    public static List<PSObject> AllOf(in Frame reply)
    {
        if (reply.Header.TryGetProperty("sessions", out var listed))
        {
            return listed.EnumerateArray().Select(Of).ToList();
        }

        using var document = JsonDocument.Parse(reply.Payload);
        return document.RootElement.EnumerateArray().Select(Of).ToList();
    }

    /// <summary>
    /// The session that a run is in, as <c>$ScriptSession</c> shows it: the same properties, without what the server alone
    /// knows. <c>Get-ScriptSession -Current</c> has that.
    /// </summary>
    public static PSObject Own(RunMessage run)
    {
        var kind = run.IsJob ? "BackgroundJob" : "RemoteAutomation";
        var result = Create(run.SessionId, "Busy", kind, run.JobName ?? run.SessionId);
        Note(result, "Handle", null);
        Note(result, "AutoDispose", false);
        Note(result, "HasResult", false);
        Note(result, "StartedUtc", DateTime.UtcNow);
        Note(result, "EndedUtc", null);
        Note(result, "Error", null);
        Note(result, "LastErrors", Array.Empty<object>());
        return result;
    }

    private static PSObject Create(string? id, string? state, string? kind, string? name)
    {
        var result = new PSObject();
        result.TypeNames.Insert(0, TypeName);
        Note(result, "ID", id);
        Note(result, "Key", id);
        Note(result, "State", state);
        Note(result, "ApplianceType", kind);
        Note(result, "JobName", name);
        Note(result, "CurrentLocation", null);
        return result;
    }

    private static void Note(PSObject target, string name, object? value) =>
        target.Properties.Add(new PSNoteProperty(name, value));

    private static string? Text(JsonElement session, string name) =>
        session.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement session, string name) =>
        session.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static DateTime? Moment(JsonElement session, string name) =>
        DateTime.TryParse(
            Text(session, name),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var moment)
            ? moment
            : null;
}
