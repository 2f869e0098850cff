using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using SPE.Native;

namespace SPE.Streams;

/// <summary>
/// The script blocks of a wait. Each runs on the pipeline thread in a child scope of where it was written. What blocks of records put
/// out is dropped (CM-D-20); what a block throws ends the command, and so do break and exit.
/// </summary>
internal sealed class Callbacks(CommandInvocationIntrinsics invoke)
{
    private readonly Dictionary<string, ScriptBlock> _ofStreams = new(StringComparer.Ordinal);

    /// <summary>Gets the cursor behind the records that were delivered.</summary>
    public ScriptBlock? OnCursor { get; init; }

    /// <summary>Whether anybody wants records; who only wants the cursor counts (CM-D-18).</summary>
    public bool WantRecords => OnCursor is not null || _ofStreams.Count > 0;

    /// <summary>Whether errors have a block.</summary>
    public bool WantErrors => _ofStreams.ContainsKey("error");

    /// <summary>Names the block of a stream; null is none.</summary>
    public void Set(string stream, ScriptBlock? block)
    {
        if (block is not null)
        {
            _ofStreams[stream] = block;
        }
    }

    /// <summary>Delivers records in their order; those of streams without a block are passed over.</summary>
    public void Deliver(IEnumerable<StreamRecord> records)
    {
        foreach (var record in records)
        {
            if (_ofStreams.TryGetValue(record.Stream, out var block))
            {
                Run(block, JobRecord.Of(record));
            }
        }
    }

    /// <summary>Tells a cursor. What the block puts out is output of the command (client-module.md 12.3).</summary>
    public IEnumerable<PSObject?> Deliver(string cursor) => OnCursor is null ? [] : Run(OnCursor, cursor);

    private Collection<PSObject?> Run(ScriptBlock block, object argument) =>
        invoke.InvokeScript(useLocalScope: true, block, input: null, argument);
}
