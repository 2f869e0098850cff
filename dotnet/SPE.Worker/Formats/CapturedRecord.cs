using System.Management.Automation;

namespace SPE.Worker.Formats;

/// <summary>A record of a stream as it stands in JSON output: which stream, and its text (wire-protocol.md 4.5, WP-D-11).</summary>
internal static class CapturedRecord
{
    public static PSObject Of(object record)
    {
        var captured = new PSObject();
        captured.Properties.Add(new PSNoteProperty("stream", StreamOf(record)));
        captured.Properties.Add(new PSNoteProperty("message", $"{record}"));
        return captured;
    }

    private static string StreamOf(object record) => record switch
    {
        VerboseRecord => "verbose",
        WarningRecord => "warning",
        DebugRecord => "debug",
        _ => "information",
    };
}
