using System;
using System.Globalization;
using System.Text;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Dates by the conversion letters of date(1). A letter that is not known stands for itself.</summary>
internal static class UnixDateFormat
{
    public static string Text(DateTime moment, string format)
    {
        var text = new StringBuilder();
        var letters = format.StartsWith('+') ? format[1..] : format;
        for (var index = 0; index < letters.Length; index++)
        {
            if (letters[index] == '%' && index + 1 < letters.Length)
            {
                text.Append(Part(moment, letters[++index]));
            }
            else
            {
                text.Append(letters[index]);
            }
        }

        return text.ToString();
    }

    private static string Part(DateTime moment, char letter)
    {
        var pattern = letter switch
        {
            'A' => "dddd",
            'a' => "ddd",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'c' => "ddd dd MMM yyyy HH:mm:ss",
            'D' or 'x' => "MM/dd/yy",
            'd' => "dd",
            'F' => "yyyy-MM-dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'm' => "MM",
            'p' => "tt",
            'R' => "HH:mm",
            'r' => "hh:mm:ss tt",
            'S' => "ss",
            'T' or 'X' => "HH:mm:ss",
            'Y' => "yyyy",
            'y' => "yy",
            _ => null,
        };
        return pattern is not null ? moment.ToString(pattern, CultureInfo.CurrentCulture) : letter switch
        {
            's' => new DateTimeOffset(moment).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'j' => moment.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'u' => (moment.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)moment.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'w' => ((int)moment.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'Z' => moment.ToString("zz", CultureInfo.InvariantCulture),
            'n' => "\n",
            't' => "\t",
            _ => letter.ToString(),
        };
    }
}
