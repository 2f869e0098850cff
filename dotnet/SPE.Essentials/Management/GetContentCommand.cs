using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Provider;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Get-Content: the content of items, line by line. The file system adds -Raw, -Encoding, -Delimiter and more.</summary>
[Cmdlet(VerbsCommon.Get, "Content", DefaultParameterSetName = "Path")]
public sealed class GetContentCommand : PathCommand
{
    /// <summary>Lines that are written together as one array; 0 for all of them.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long ReadCount { get; set; } = 1;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, long.MaxValue)]
    [Alias("First", "Head")]
    public long TotalCount { get; set; } = -1;

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    [Alias("Last")]
    public int Tail { get; set; } = -1;

    protected override void ProcessRecord()
    {
        if (TotalCount >= 0 && Tail >= 0)
        {
            var error = new PSInvalidOperationException("The parameters TotalCount and Tail cannot be used together.");
            ThrowTerminatingError(new ErrorRecord(error, "TailAndHeadCannotCoexist", ErrorCategory.InvalidOperation, null));
        }

        foreach (var path in Targets)
        {
            Try(() => Write(path));
        }
    }

    private protected override object? ProviderParameters(string path, object context) =>
        ProviderCalls.ParametersOfReader(InvokeProvider.Content, path, context);

    private void Write(string path)
    {
        foreach (var reader in ProviderCalls.GetReader(InvokeProvider.Content, path, Context))
        {
            using (reader)
            {
                var lines = Lines(reader);
                lines = TotalCount >= 0 ? lines.Take((int)long.Min(TotalCount, int.MaxValue)) : lines;
                lines = Tail >= 0 ? lines.TakeLast(Tail) : lines;
                if (ReadCount == 1)
                {
                    WriteObject(lines, enumerateCollection: true);
                    continue;
                }

                foreach (var block in lines.Chunk(ReadCount <= 0 ? int.MaxValue : (int)long.Min(ReadCount, int.MaxValue)))
                {
                    WriteObject(block);
                }
            }
        }
    }

    /// <summary>One at a time, so that a reader which waits for more hands over what it has.</summary>
    private static IEnumerable<object?> Lines(IContentReader reader)
    {
        while (reader.Read(1) is { Count: > 0 } read)
        {
            foreach (var line in read)
            {
                yield return line;
            }
        }
    }
}
