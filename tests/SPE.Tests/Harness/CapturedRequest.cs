using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;

namespace SPE.Tests.Harness;

/// <summary>A request as it came over the wire.</summary>
internal sealed record CapturedRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The value of a header, or null.</summary>
    public string? Header(string name) =>
        Headers.Where(header => header.Name.Equals(
            name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    /// <summary>The body as text, unpacked when it came packed.</summary>
    public string Text
    {
        get
        {
            if (Header("Content-Encoding") != "gzip")
            {
                return Encoding.UTF8.GetString(Body);
            }

            using var unpacked = new StreamReader(
                new GZipStream(new MemoryStream(Body), CompressionMode.Decompress), Encoding.UTF8);
            return unpacked.ReadToEnd();
        }
    }
}
