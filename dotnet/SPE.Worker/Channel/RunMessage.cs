using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Text.Json;
using SPE.Worker.Formats;
using SPE.Worker.Runspaces;

namespace SPE.Worker.Channel;

/// <summary>The order to run a script.</summary>
internal sealed record RunMessage
{
    public required long Run { get; init; }

    /// <summary>A job's results are kept by the server; a script's are the reply to a request.</summary>
    public required bool IsJob { get; init; }

    /// <summary>Text instead of CLIXML.</summary>
    public required bool IsRaw { get; init; }

    /// <summary>JSON instead of either, and how; null for none.</summary>
    public JsonForm? Json { get; init; }

    public required string Script { get; init; }

    /// <summary>The arguments as CLIXML, null when there are none.</summary>
    public required string? Arguments { get; init; }

    /// <summary>One variable per argument, beside <c>$params</c>.</summary>
    public required bool ArgumentsAsVariables { get; init; }

    public required bool CaptureStreams { get; init; }

    public required bool KeepRunspace { get; init; }

    public required PSLanguageMode LanguageMode { get; init; }

    /// <summary>The commands of its policy, null where that bounds none.</summary>
    public required IReadOnlyList<string>? Commands { get; init; }

    public required string AuditLevel { get; init; }

    public ScriptBounds Bounds => ScriptBounds.Of(LanguageMode, Commands);

    public required string? SessionId { get; init; }

    public required string? JobName { get; init; }

    public required string User { get; init; }

    public required string Policy { get; init; }

    /// <exception cref="ChannelException">A field is missing or out of range.</exception>
    public static RunMessage Parse(in Frame frame)
    {
        try
        {
            var header = frame.Header;
            var split = header.GetProperty("scriptLength").GetInt32();
            var script = ScriptText.Decode(frame.Payload.AsSpan(0, split));
            var arguments = ScriptText.Decode(frame.Payload.AsSpan(split));
            var commands = header.TryGetProperty("commands", out var listed) && listed.ValueKind != JsonValueKind.Null
                ? ScanMessage.List(listed)
                : null;
            return new RunMessage
            {
                Run = header.GetProperty("run").GetInt64(),
                IsJob = OneOf(header, "kind", "script", "job"),
                IsRaw = Text(header, "format") != "json" && OneOf(header, "format", "clixml", "raw"),
                Json = Text(header, "format") == "json" ? Form(header) : null,
                Script = script,
                Arguments = string.IsNullOrWhiteSpace(arguments) ? null : arguments,
                ArgumentsAsVariables = OneOf(header, "argumentsAs", "params", "variables"),
                CaptureStreams = header.GetProperty("captureStreams").GetBoolean(),
                KeepRunspace = header.GetProperty("keepRunspace").GetBoolean(),

                // Anything but the word for the open mode is the closed one, and commands bound nothing in the open one.
                LanguageMode = commands is null && Text(header, "languageMode") == nameof(PSLanguageMode.FullLanguage)
                    ? PSLanguageMode.FullLanguage
                    : PSLanguageMode.ConstrainedLanguage,
                Commands = commands,
                AuditLevel = Text(header, "auditLevel") ?? "Standard",
                SessionId = Text(header, "sessionId"),
                JobName = Text(header, "jobName"),
                User = Text(header, "user") ?? string.Empty,
                Policy = Text(header, "policy") ?? string.Empty,
            };
        }
        catch (Exception error) when (
            error is KeyNotFoundException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ChannelException("a run message is not complete: " + error.Message, error);
        }
    }

    private static JsonForm Form(JsonElement header)
    {
        var json = header.GetProperty("json");
        return new JsonForm(
            json.GetProperty("structured").GetBoolean(),
            json.GetProperty("detailed").GetBoolean(),
            json.GetProperty("depth").GetInt32(),
            Text(header, "rid") ?? string.Empty);
    }

    /// <summary>Whether the field has the second of its two values.</summary>
    private static bool OneOf(JsonElement header, string name, string first, string second)
    {
        var value = header.GetProperty(name).GetString();
        return value == second || (value == first ? false : throw new FormatException($"{name} is '{value}'"));
    }

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
