using System;
using System.Linq;
using System.Text;

namespace SPE.Tokens;

/// <summary>
/// Decodes one part of a token (client-module.md 19). Nothing is verified. No message repeats anything of the token: it is a
/// secret for as long as it is valid.
/// </summary>
internal static class JwtSegment
{
    /// <summary>Most characters of a token. Headers of requests, in which tokens travel, are far shorter.</summary>
    private const int Longest = 1_000_000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text of the part at <paramref name="index"/>, 0 for the header and 1 for the payload.</summary>
    /// <exception cref="FormatException">The text is not a token, is longer than any, or the part is not base64url of UTF-8.</exception>
    public static string Decode(string token, int index)
    {
        if (string.IsNullOrWhiteSpace(token))
        {
            throw new FormatException("The token is null or empty.");
        }

        if (token.Length > Longest)
        {
            throw new FormatException($"The text has {token.Length} characters. A token has at most {Longest}.");
        }

        var count = token.AsSpan().Count('.') + 1;
        if (count != 3)
        {
            throw new FormatException(
                $"The text is not a JSON web token: a 3-segment text, parted by dots, is expected, and it has {count}.");
        }

        try
        {
            return StrictUtf8.GetString(Bytes(token.Split('.')[index]));
        }
        catch (Exception error) when (error is FormatException or DecoderFallbackException)
        {
            throw new FormatException($"Segment {index + 1} of the token is not base64url of a text in UTF-8.");
        }
    }

    /// <summary>What the part means when it is not JSON.</summary>
    public static FormatException NotJson(int index) =>
        new($"Segment {index + 1} of the token is not JSON. -Raw shows its text as it is.");

    private static byte[] Bytes(string segment)
    {
        // The converter itself would take blanks and the alphabet of base64 as well.
        if (segment.Length % 4 == 1 || segment.Any(letter => !(char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')))
        {
            throw new FormatException();
        }

        var padding = new string('=', (4 - segment.Length % 4) % 4);
        return Convert.FromBase64String(segment.Replace('-', '+').Replace('_', '/') + padding);
    }
}
