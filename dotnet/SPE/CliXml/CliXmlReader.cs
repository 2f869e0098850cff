using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Xml;

namespace SPE.CliXml;

/// <summary>
/// Reads the objects of a document. Document types are refused, nothing outside of the document is ever read, and reading ends at
/// the first error of the markup (CM-D-35).
/// </summary>
internal static class CliXmlReader
{
    /// <summary>Most objects among which single ones that cannot be read are looked for; each costs a reading.</summary>
    private const int MostToSift = 200;

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

    /// <summary>Whether reading failed because of the text, and not by a fault of ours.</summary>
    public static bool IsFault(Exception error) =>
        error is XmlException or RuntimeException or InvalidOperationException or FormatException or OverflowException;

    /// <summary>
    /// The objects of a document of sound markup in which some cannot be read; the others come. Objects refer to earlier ones, so each
    /// is tried behind those that are good.
    /// </summary>
    /// <param name="text">The document.</param>
    /// <param name="warn">Is told the number and the reason of each that is left out.</param>
    /// <returns>The objects, or null when there are too many to look at each.</returns>
    /// <exception cref="XmlException">The markup is not sound.</exception>
    public static object?[]? Sift(string text, Action<int, string> warn)
    {
        var document = Load(text);
        if (document.DocumentElement is not { LocalName: "Objs", NamespaceURI: Namespace })
        {
            throw new XmlException($"Its root is no element Objs of {Namespace}.");
        }

        var good = new List<XmlNode>();
        var nodes = new List<XmlNode>();
        foreach (XmlNode node in document.DocumentElement.ChildNodes)
        {
            if (node is XmlElement)
            {
                nodes.Add(node);
            }
        }

        if (nodes.Count > MostToSift)
        {
            return null;
        }

        document.DocumentElement.RemoveAll();
        document.DocumentElement.SetAttribute("Version", "1.1.0.1");
        object?[] objects = [];
        for (var index = 0; index < nodes.Count; index++)
        {
            document.DocumentElement.AppendChild(nodes[index]);
            try
            {
                objects = Read(document.OuterXml);
            }
            catch (Exception error) when (IsFault(error))
            {
                document.DocumentElement.RemoveChild(nodes[index]);
                warn(index + 1, error.Message);
            }
        }

        return objects;
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
