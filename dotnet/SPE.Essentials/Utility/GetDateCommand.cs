using System;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Objects;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Date: the current or a given moment, as a date or as text.</summary>
[Cmdlet(VerbsCommon.Get, "Date", DefaultParameterSetName = "DateAndFormat")]
public sealed class GetDateCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("LastWriteTime")]
    public DateTime Date { get; set; }

    [Parameter]
    [Alias("UnixTime")]
    public long UnixTimeSeconds { get; set; }

    [Parameter, ValidateRange(1, 9999)]
    public int Year { get; set; }

    [Parameter, ValidateRange(1, 12)]
    public int Month { get; set; }

    [Parameter, ValidateRange(1, 31)]
    public int Day { get; set; }

    [Parameter, ValidateRange(0, 23)]
    public int Hour { get; set; }

    [Parameter, ValidateRange(0, 59)]
    public int Minute { get; set; }

    [Parameter, ValidateRange(0, 59)]
    public int Second { get; set; }

    [Parameter, ValidateRange(0, 999)]
    public int Millisecond { get; set; }

    [Parameter]
    public DisplayHintType DisplayHint { get; set; } = DisplayHintType.DateTime;

    [Parameter(Mandatory = true, ParameterSetName = "DateAndUFormat")]
    public string UFormat { get; set; } = string.Empty;

    [Parameter(ParameterSetName = "DateAndFormat")]
    public string Format { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter AsUTC { get; set; }

    protected override void ProcessRecord()
    {
        var moment = Moment();
        if (ParameterSetName == "DateAndUFormat")
        {
            WriteObject(UnixDateFormat.Text(moment, UFormat));
        }
        else if (Format.Length > 0)
        {
            WriteObject(DateFormat.Text(moment, Format));
        }
        else
        {
            var result = new PSObject(moment);
            result.Properties.Add(new PSNoteProperty(nameof(DisplayHint), DisplayHint));
            WriteObject(result);
        }
    }

    private DateTime Moment()
    {
        var from = Bound(nameof(UnixTimeSeconds)) ? DateTimeOffset.FromUnixTimeSeconds(UnixTimeSeconds).LocalDateTime
            : Bound(nameof(Date)) ? Date
            : DateTime.Now;
        from = Bound(nameof(Year)) ? from.AddYears(Year - from.Year) : from;
        from = Bound(nameof(Month)) ? from.AddMonths(Month - from.Month) : from;
        from = Bound(nameof(Day)) ? from.AddDays(Day - from.Day) : from;
        from = Bound(nameof(Hour)) ? from.AddHours(Hour - from.Hour) : from;
        from = Bound(nameof(Minute)) ? from.AddMinutes(Minute - from.Minute) : from;
        from = Bound(nameof(Second)) ? from.AddSeconds(Second - from.Second) : from;
        from = Bound(nameof(Millisecond))
            ? from.AddTicks((Millisecond * TimeSpan.TicksPerMillisecond) - (from.Ticks % TimeSpan.TicksPerSecond))
            : from;
        return AsUTC ? from.ToUniversalTime() : from;
    }

    private bool Bound(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);
}
