using System.Management.Automation;
using SPE.Native;

namespace SPE.Streams;

/// <summary>Makes the object a callback gets for a record of a job (client-module.md 12.3).</summary>
internal static class JobRecord
{
    public static PSObject Of(StreamRecord record)
    {
        var result = new PSObject();
        Add(result, "Stream", record.Stream);
        Add(result, "Sequence", record.Sequence);
        Add(result, "TimeUtc", JsonValue.Text(record.TimeUtc));
        if (record.Stream == "progress")
        {
            Add(result, "Activity", record.Activity);
            Add(result, "StatusDescription", record.StatusDescription);
            Add(result, "PercentComplete", record.PercentComplete);
            Add(result, "CurrentOperation", record.CurrentOperation);
            Add(result, "SecondsRemaining", record.SecondsRemaining);
            Add(result, "ParentActivityId", record.ParentActivityId);
            Add(result, "RecordType", record.RecordType);
            return result;
        }

        Add(result, "Message", record.Message);
        if (record.Stream == "error")
        {
            Add(result, "FullyQualifiedErrorId", record.FullyQualifiedErrorId);
            Add(result, "CategoryInfo", record.CategoryInfo);
            Add(result, "PositionMessage", record.PositionMessage);
            Add(result, "ScriptStackTrace", record.ScriptStackTrace);
        }

        return result;
    }

    private static void Add(PSObject target, string name, object value) =>
        target.Properties.Add(new PSNoteProperty(name, value));
}
