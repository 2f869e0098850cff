using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Xml;

namespace SPE.CliXml;

/// <summary>
/// Reads the objects of a document. Document types are refused, nothing outside of the document is ever read, and reading ends at
/// the first error of the markup (CM-D-35).
/// </summary>
internal static class CliXmlReader
{
    /// <summary>Most characters of a document; reading takes several times as much memory.</summary>
    public const int Longest = 100_000_000;

    /// <summary>Most objects that are left out, since each costs readings of the others.</summary>
    private const int MostLeftOut = 100;

    private const string Namespace = "http://schemas.microsoft.com/powershell/2004/04";

    /// <summary>Most elements within elements; the engine itself refuses objects nested far less.</summary>
    private const int Deepest = 200;

    /// <summary>The top-level objects.</summary>
    /// <exception cref="XmlException">The text is no such document.</exception>
    public static object?[] Read(string text) => PSSerializer.DeserializeAsList(text);

    /// <summary>The objects with one level of lists enumerated; lists inside of them stay whole (client-module.md 9.1, 20).</summary>
    public static IEnumerable<object?> Enumerate(IEnumerable<object?> objects)
    {
        foreach (var top in objects)
        {
            if (LanguagePrimitives.GetEnumerable(top) is { } items)
            {
                foreach (var item in items)
                {
                    yield return item;
                }
            }
            else
            {
                yield return top;
            }
        }
    }

    /// <summary>Whether reading failed because of the text, and not by a fault of ours or since the caller has had enough.</summary>
    public static bool IsFault(Exception error) =>
        error is (XmlException or RuntimeException or InvalidOperationException or FormatException or OverflowException)
        and not PipelineStoppedException;

    /// <summary>
    /// The objects of a document of sound markup in which some cannot be read; the others come. Objects refer to earlier ones, so they
    /// are tried together, and the first bad one is found by halving.
    /// </summary>
    /// <param name="text">The document.</param>
    /// <param name="warn">Is told the number and the reason of each that is left out.</param>
    /// <param name="stop">Is called before each reading, and throws to end the search.</param>
    /// <exception cref="XmlException">The markup is not sound, or too many objects are bad.</exception>
    public static object?[] Sift(string text, Action<int, string> warn, Action stop)
    {
        var nodes = Nodes(text);
        var good = new List<string>();
        object?[] objects = [];
        var next = 0;
        for (var leftOut = 0; leftOut <= MostLeftOut; leftOut++)
        {
            if (Fault(nodes.Count) is not { } fault)
            {
                return objects;
            }

            var (sound, bad) = (next, nodes.Count);
            while (bad - sound > 1)
            {
                var middle = sound + (bad - sound) / 2;
                if (Fault(middle) is { } nearer)
                {
                    (bad, fault) = (middle, nearer);
                }
                else
                {
                    sound = middle;
                }
            }

            warn(bad, fault);
            good.AddRange(nodes[next..(bad - 1)]);
            next = bad;
        }

        throw new XmlException($"More than {MostLeftOut} of its objects cannot be read.");

        string? Fault(int end)
        {
            stop();
            try
            {
                objects = Read(Document(good, nodes, next, end));
                return null;
            }
            catch (Exception error) when (IsFault(error))
            {
                return error.Message;
            }
        }
    }

    private static string Document(List<string> good, List<string> nodes, int start, int end) =>
        $"{CliXmlDocument.Start}{string.Concat(good)}{string.Concat(nodes[start..end])}{CliXmlDocument.End}";

    /// <summary>The markup of each top-level object.</summary>
    private static List<string> Nodes(string text)
    {
        var root = Load(text).DocumentElement;
        return root is { LocalName: "Objs", NamespaceURI: Namespace }
            ? [.. root.ChildNodes.OfType<XmlElement>().Select(node => node.OuterXml)]
            : throw new XmlException($"Its root is no element Objs of {Namespace}.");
    }

    private static XmlDocument Load(string text)
    {
        using (var reader = Open(text))
        {
            while (reader.Read())
            {
                if (reader.Depth > Deepest)
                {
                    throw new XmlException($"The elements are nested more than {Deepest} deep.");
                }
            }
        }

        // White space may be the whole of a text.
        var document = new XmlDocument { XmlResolver = null, PreserveWhitespace = true };
        using (var reader = Open(text))
        {
            document.Load(reader);
        }

        return document;
    }

    private static XmlReader Open(string text) => XmlReader.Create(
        new StringReader(text),
        new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
}
