using System;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>
/// The arguments of a run, a CLIXML document read as property bags. Bounded in size here, in depth by the engine, which
/// refuses about 50 levels.
/// </summary>
internal static class Arguments
{
    /// <summary>Longest document, in characters. Reading one takes several times its size.</summary>
    public const int MaxLength = 33_554_432;

    /// <summary>The object of the document, an array when it has several, null when it has none.</summary>
    /// <exception cref="RunRefusedException">It is not such a document, or too large.</exception>
    public static object? Read(string text)
    {
        if (text.Length > MaxLength)
        {
            throw RunRefusedException.Arguments(
                $"The arguments are {text.Length} characters of CLIXML; at most {MaxLength} are possible.", null);
        }

        object[] objects;
        try
        {
            objects = PSSerializer.DeserializeAsList(text);
        }
        catch (Exception error)
        {
            throw RunRefusedException.Arguments($"The arguments are not valid CLIXML: {error.Message}", error);
        }

        return objects.Length switch
        {
            0 => null,
            1 => objects[0],
            _ => objects,
        };
    }
}
