using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;
using System.Text.RegularExpressions;

namespace SPE.Worker.Runspaces;

/// <summary>
/// Refuses questions and drops what comes through the streams anyway. The engine passes every stream to the collections of
/// the pipeline and to the host; only text of <c>Out-Default</c>, <c>Out-Host</c> and of scripts that write to the host comes
/// here alone.
/// </summary>
internal sealed partial class SilentUi : PSHostUserInterface
{
    private readonly object _gate = new();
    private readonly StringBuilder _begun = new();
    private readonly HostEcho _echo = new();
    private Action<string>? _line;

    /// <summary>Whole lines go to <paramref name="line"/> from now on.</summary>
    public void Begin(Action<string> line)
    {
        _echo.Clear();
        lock (_gate)
        {
            _begun.Clear();
            _line = line;
        }
    }

    /// <summary>Hands on a line that was begun and not ended. What is written afterwards is dropped.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_begun.Length > 0)
            {
                EndLine(string.Empty);
            }

            _line = null;
        }
    }

    public override PSHostRawUserInterface RawUI { get; } = new SilentRawUi();

    public override void Write(string value)
    {
        if (_echo.Is(value))
        {
            return;
        }

        lock (_gate)
        {
            _begun.Append(value);
        }
    }

    public override void WriteLine(string value)
    {
        if (_echo.Is(value))
        {
            return;
        }

        lock (_gate)
        {
            EndLine(value);
        }
    }

    /// <summary>Write-Host takes this way, and its record was there before.</summary>
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => _echo.Pass();

    /// <inheritdoc cref="Write(ConsoleColor, ConsoleColor, string)"/>
    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => _echo.Pass();

    /// <summary>Errors that a script formats for the host itself. Those of the error stream do not come here.</summary>
    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteInformation(InformationRecord record) => _echo.Expect(record);

    public override void WriteDebugLine(string message) => _echo.Pass();

    public override void WriteVerboseLine(string message) => _echo.Pass();

    public override void WriteWarningLine(string message) => _echo.Pass();

    public override void WriteProgress(long sourceId, ProgressRecord record) => _echo.Pass();

    public override string ReadLine() => throw Refused("Read-Host");

    public override SecureString ReadLineAsSecureString() => throw Refused("Read-Host -AsSecureString");

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) => throw Refused("A prompt for values");

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) => throw Refused("A choice");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw Refused("A prompt for a credential");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw Refused("A prompt for a credential");

    [GeneratedRegex("\\x1b\\[[0-9;]*m")]
    private static partial Regex Colours();

    private void EndLine(string value)
    {
        // Formatting colours its text and leaves it to the host to take that out again.
        var line = Colours().Replace(_begun.Append(value).ToString(), string.Empty);
        _begun.Clear();
        _line?.Invoke(line);
    }

    /// <summary>What a script gets that wants an answer.</summary>
    public static HostException Refused(string what) =>
        new($"{what} is not possible in a remoting session: nobody is there to answer.");
}
