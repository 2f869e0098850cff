using System;
using System.Globalization;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Dates by the format strings of .NET, and by four names for dates that can be part of a file name.</summary>
internal static class DateFormat
{
    public static string Text(DateTime moment, string format) => format.ToUpperInvariant() switch
    {
        "FILEDATE" => moment.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
        "FILEDATEUNIVERSAL" => moment.ToUniversalTime().ToString("yyyyMMddZ", CultureInfo.InvariantCulture),
        "FILEDATETIME" => moment.ToString("yyyyMMddTHHmmssffff", CultureInfo.InvariantCulture),
        "FILEDATETIMEUNIVERSAL" => moment.ToUniversalTime().ToString("yyyyMMddTHHmmssffffZ", CultureInfo.InvariantCulture),
        _ => moment.ToString(format, CultureInfo.CurrentCulture),
    };
}
