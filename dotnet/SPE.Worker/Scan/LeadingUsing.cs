using System.Text.RegularExpressions;

namespace SPE.Worker.Scan;

/// <summary>
/// <c>using</c> statements stand first in a script, behind nothing but blanks and comments. They are refused by their text, since
/// the parser loads the modules and assemblies that they name.
/// </summary>
internal static partial class LeadingUsing
{
    public static Finding? Find(string script)
    {
        var match = Leading().Match(script);
        if (!match.Success)
        {
            return null;
        }

        var at = match.Groups["using"].Index;
        var line = 1;
        var start = 0;
        for (var next = script.IndexOf('\n'); next >= 0 && next < at; next = script.IndexOf('\n', next + 1))
        {
            line++;
            start = next + 1;
        }

        return new Finding("using", "A script under a policy has no using statements.", line, at - start + 1);
    }

    [GeneratedRegex(@"\A(?>[\s;\p{C}\p{Z}]|`\r?\n|\#[^\r\n]*|<\#(?s:.*?)\#>)*(?<using>using)(?![\w:-])", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Leading();
}
