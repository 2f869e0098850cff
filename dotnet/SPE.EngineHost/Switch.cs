using System;
using System.Text;

namespace SPE.EngineHost;

/// <summary>The switches of pwsh, which may be shortened as far as they differ.</summary>
internal static class Switch
{
    /// <summary>Each with its shortest form, and other names for it.</summary>
    private static readonly (string Name, string Shortest, string[] Others)[] All =
    [
        ("NoProfile", "NoP", []),
        ("NoLogo", "NoL", []),
        ("NonInteractive", "NonI", []),
        ("Login", "L", []),
        ("Version", "V", []),
        ("Help", "H", ["?"]),
        ("Command", "C", []),
        ("File", "F", []),
        ("EncodedCommand", "E", ["ec"]),
        ("ExecutionPolicy", "Ex", ["ep"]),
        ("WorkingDirectory", "Wo", ["wd"]),
        ("InputFormat", "In", ["if"]),
        ("OutputFormat", "O", ["of"]),
    ];

    /// <summary>The whole name of a switch, or null for one that is not known.</summary>
    public static string? FullName(string text)
    {
        foreach (var (name, shortest, others) in All)
        {
            if ((Begins(name, text) && Begins(text, shortest)) || Array.Exists(others, other => Begins(other, text) && Begins(text, other)))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Reads the text of -EncodedCommand.</summary>
    public static bool TryDecode(string encoded, out string text)
    {
        var bytes = new byte[encoded.Length];
        var decoded = Convert.TryFromBase64String(encoded, bytes, out var length);
        text = decoded ? Encoding.Unicode.GetString(bytes, 0, length) : string.Empty;
        return decoded;
    }

    private static bool Begins(string text, string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}
