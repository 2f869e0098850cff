using System;
using System.Management.Automation;

namespace SPE.Worker.Runspaces;

/// <summary>The arguments of a run: one CLIXML document with one object, read as property bags.</summary>
internal static class Arguments
{
    /// <summary>The object, null when the document is empty.</summary>
    /// <exception cref="RunRefusedException">It is not such a document.</exception>
    public static object? Read(string text)
    {
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
            _ => throw RunRefusedException.Arguments(
                $"The arguments are {objects.Length} top-level objects where one is expected.", null),
        };
    }
}
