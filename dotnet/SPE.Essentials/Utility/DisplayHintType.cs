namespace Microsoft.PowerShell.Commands;

/// <summary>Which part of a date is shown.</summary>
public enum DisplayHintType
{
    /// <summary>The day alone.</summary>
    Date,

    /// <summary>The time of day alone.</summary>
    Time,

    /// <summary>Both.</summary>
    DateTime,
}
