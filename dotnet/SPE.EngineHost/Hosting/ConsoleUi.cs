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
    private static readonly bool InColour =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUi();

    public override bool SupportsVirtualTerminal => InColour;

    public override void Write(string value) => Console.Out.Write(Plain(value));

    public override void WriteLine(string value) => Console.Out.WriteLine(Plain(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Coloured(Console.Out, foregroundColor, value);

    public override void WriteErrorLine(string value) => Coloured(Console.Error, ConsoleColor.Red, Plain(value) + Environment.NewLine);

    public override void WriteDebugLine(string message) => Labelled("DEBUG: ", message);

    public override void WriteVerboseLine(string message) => Labelled("VERBOSE: ", message);

    public override void WriteWarningLine(string message) => Labelled("WARNING: ", message);

    /// <summary>Progress has no place in a log, and a moving bar needs a terminal to itself.</summary>
    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

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

    /// <summary>Formatting puts escape sequences into its text and leaves it to the host to take them out again.</summary>
    private static string Plain(string text) => GetOutputString(text, InColour);

    private static HostException Refused(string what) => new($"{what} is not possible: this host asks no questions.");

    private static void Labelled(string label, string message) =>
        Coloured(Console.Out, ConsoleColor.Yellow, label + message + Environment.NewLine);

    private static void Coloured(TextWriter writer, ConsoleColor colour, string text)
    {
        if (!InColour || !Enum.IsDefined(colour))
        {
            writer.Write(text);
            return;
        }

        Console.ForegroundColor = colour;
        writer.Write(text);
        Console.ResetColor();
    }
}
