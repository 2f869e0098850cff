using System.Collections;
using System.Management.Automation;
using SPE.Session;

namespace SPE.Streams;

/// <summary>Reads a reply in JSON: <c>output</c> and <c>errors</c> (client-module.md 9.4).</summary>
internal static class JsonReply
{
    /// <summary>Adds what the text holds; false when it is not such a reply.</summary>
    public static bool TryRead(string text, string correlationId, ReplyContent content)
    {
        if (!JsonValue.TryParse(text, out var value) || value is not PSObject reply)
        {
            return false;
        }

        if (SessionProperties.Read(reply, "errors") is IEnumerable errors and not string)
        {
            foreach (var error in errors)
            {
                content.Errors.Add(RemoteError.OfJson(error, correlationId));
            }
        }

        // CM-D-13: elements that read as false, such as 0, are elements.
        var output = SessionProperties.Read(reply, "output");
        if (output is IEnumerable elements and not string)
        {
            foreach (var element in elements)
            {
                content.Add(element);
            }
        }
        else if (output is not null)
        {
            content.Add(output);
        }

        return true;
    }
}
