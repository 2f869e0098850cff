using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace SPE.EngineHost.Hosting;

/// <summary>
/// Writes text to standard output and errors to standard error, in colour on a terminal. Questions are refused: a script that
/// needs an answer gets an error instead of waiting for one.
/// </summary>
internal sealed class ConsoleUi(bool nonInteractive) : PSHostUserInterface
{
    /// <summary>The colour that the terminal has by itself.</summary>
    private const ConsoleColor Default = (ConsoleColor)(-1);

    private static readonly bool InColour =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    private static readonly bool ErrorsInColour = InColour && !Console.IsErrorRedirected;

    private readonly ProgressLine _progress = new(InColour && !Console.IsErrorRedirected);

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUi();

    public override bool SupportsVirtualTerminal => InColour;

    public override void Write(string value) => Put(Console.Out, InColour, Default, Default, value);

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(Console.Out, InColour, foregroundColor, backgroundColor, value);

    public override void WriteErrorLine(string value) =>
        Put(Console.Error, ErrorsInColour, ConsoleColor.Red, Default, value + Environment.NewLine);

    public override void WriteDebugLine(string message) => Labelled("DEBUG: ", message);

    public override void WriteVerboseLine(string message) => Labelled("VERBOSE: ", message);

    public override void WriteWarningLine(string message) => Labelled("WARNING: ", message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => _progress.Show(record);

    /// <summary>Takes away what is left of a progress line.</summary>
    public void ClearProgress() => _progress.Clear();

    public override string ReadLine() =>
        nonInteractive ? throw Refused("Read-Host") : Console.In.ReadLine() ?? string.Empty;

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

    private static HostException Refused(string what) => new($"{what} is not possible: this host asks no questions.");

    private void Labelled(string label, string message) =>
        Put(Console.Out, InColour, ConsoleColor.Yellow, Default, label + message + Environment.NewLine);

    private void Put(TextWriter writer, bool inColour, ConsoleColor foreground, ConsoleColor background, string text)
    {
        _progress.Clear();

        // Formatting puts escape sequences into its text and leaves it to the host to take them out again.
        var plain = GetOutputString(text, inColour);
        // Text that the error view has coloured stays as it is.
        if (!inColour || plain.Contains('\e', StringComparison.Ordinal) || (foreground == Default && background == Default))
        {
            writer.Write(plain);
            return;
        }

        // The end of the line stays outside, so that a background does not run over into the next.
        var line = plain.TrimEnd('\r', '\n');
        writer.Write(Ansi.Open(foreground, background) + line + Ansi.Close + plain[line.Length..]);
    }
}
