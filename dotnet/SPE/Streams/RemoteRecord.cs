using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace SPE.Streams;

/// <summary>What a deserialised object was on the server, by its type names (client-module.md 9.3).</summary>
internal static class RemoteRecord
{
    private const string Prefix = "Deserialized.System.Management.Automation.";

    private static readonly Dictionary<string, RecordKind> Kinds = new(StringComparer.Ordinal)
    {
        [Prefix + "VerboseRecord"] = RecordKind.Verbose,
        [Prefix + "DebugRecord"] = RecordKind.Debug,
        [Prefix + "WarningRecord"] = RecordKind.Warning,
        [Prefix + "InformationRecord"] = RecordKind.Information,
        [Prefix + "ErrorRecord"] = RecordKind.Error,
    };

    /// <summary>The first kind that the type names tell; output when they tell none.</summary>
    public static RecordKind KindOf(object? item) => item is PSObject value
        ? value.TypeNames.Select(name => Kinds.GetValueOrDefault(name)).FirstOrDefault(kind => kind != RecordKind.Output)
        : RecordKind.Output;
}
