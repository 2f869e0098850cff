using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace SPE.Worker.Runspaces;

/// <summary>
/// Refuses questions and drops what comes through the streams anyway. The engine passes every stream to the collections of
/// the pipeline and to the host; only text of <c>Out-Default</c> and <c>Out-Host</c> comes here alone. It arrives
/// through the overloads without colours, Write-Host through those with.
/// </summary>
internal sealed class SilentUi : PSHostUserInterface
{
    private readonly StringBuilder _begun = new();

    /// <summary>Takes whole lines.</summary>
    public Action<string>? Line { get; set; }

    /// <summary>Hands on a line that was begun and not ended.</summary>
    public void Flush()
    {
        if (_begun.Length > 0)
        {
            WriteLine(string.Empty);
        }
    }

    public override PSHostRawUserInterface RawUI { get; } = new SilentRawUi();

    public override void Write(string value) => _begun.Append(value);

    public override void WriteLine(string value)
    {
        var line = _begun.Append(value).ToString();
        _begun.Clear();
        Line?.Invoke(line);
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
    }

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
    }

    public override void WriteErrorLine(string value)
    {
    }

    public override void WriteDebugLine(string message)
    {
    }

    public override void WriteVerboseLine(string message)
    {
    }

    public override void WriteWarningLine(string message)
    {
    }

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

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

    /// <summary>What a script gets that wants an answer.</summary>
    public static HostException Refused(string what) => new($"{what} is not possible in a remoting session: nobody is there to answer.");
}
