using System.Collections.Generic;
using System.Management.Automation;

namespace SPE.Streams;

/// <summary>What a reply holds, before it is written.</summary>
internal sealed class ReplyContent
{
    /// <summary>Objects in their order, each with whether it is a record that always goes to its stream.</summary>
    public List<(object? Item, bool IsAlwaysRouted)> Items { get; } = [];

    /// <summary>Errors that come before the output, as JSON replies have them.</summary>
    public List<ErrorRecord> Errors { get; } = [];

    public void Add(object? item) => Items.Add((item, false));
}
