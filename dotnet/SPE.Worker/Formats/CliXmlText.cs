using System;

namespace SPE.Worker.Formats;

/// <summary>
/// Turns a document of the engine into the one that goes out, line by line. In the text of a value a line end is written as
/// <c>_x000A_</c>, so every one that is found is indentation.
/// </summary>
internal static class CliXmlText
{
    private const string SecureString = "System.Security.SecureString";

    /// <summary>
    /// Writes it without indentation, a quarter of its size, and without the contents of secure strings: outside of Windows
    /// they stand there in clear, and readers on Windows refuse a document that has one.
    /// </summary>
    public static void Write(string document, OutputSink sink)
    {
        foreach (var markup in new Lines(document))
        {
            if (markup is ['<', 'S', 'S', ' ' or '>' or '/', ..])
            {
                var name = markup[3..markup.IndexOf('>')].TrimEnd('/').TrimEnd();
                sink.Write("<S");
                sink.Write(name);
                sink.Write($">{SecureString}</S>");
            }
            else
            {
                sink.Write(markup);
            }
        }
    }
}
