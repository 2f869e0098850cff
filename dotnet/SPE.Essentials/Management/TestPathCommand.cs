using System;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>Test-Path: whether there is something at a path.</summary>
[Cmdlet(VerbsDiagnostic.Test, "Path", DefaultParameterSetName = "Path")]
public sealed class TestPathCommand : ProviderCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true,
        ParameterSetName = "Path")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string?[]? Path { get; set; }

    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "LP")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    public string?[]? LiteralPath { get; set; }

    [Parameter]
    [Alias("Type")]
    public TestPathType PathType { get; set; } = TestPathType.Any;

    [Parameter]
    public SwitchParameter IsValid { get; set; }

    private protected override string[] Targets => Array.FindAll(LiteralPath ?? Path ?? [], path => path is not null)!;

    protected override void ProcessRecord()
    {
        var paths = LiteralPath ?? Path;
        if (paths is null or { Length: 0 })
        {
            WriteNullPathError();
            return;
        }

        foreach (var path in paths)
        {
            if (path is null)
            {
                WriteNullPathError();
            }
            else
            {
                WriteObject(!string.IsNullOrWhiteSpace(path) && Test(path));
            }
        }
    }

    private bool Test(string path)
    {
        try
        {
            return IsValid ? SessionState.Path.IsValid(path)
                : PathType == TestPathType.Any ? ProviderCalls.Exists(InvokeProvider.Item, path, Context)
                : ProviderCalls.Exists(InvokeProvider.Item, path, Context)
                    && ProviderCalls.IsContainer(InvokeProvider.Item, path, Context) == (PathType == TestPathType.Container);
        }
        catch (Exception error) when (IsOfProvider(error))
        {
            return false;
        }
    }

    private void WriteNullPathError() => WriteError(new ErrorRecord(
        new ArgumentNullException(nameof(Path), "The provided path argument was null or an empty collection."),
        "NullPathNotPermitted",
        ErrorCategory.InvalidArgument,
        null));
}
