namespace SPE.Worker.Tests.Harness;

/// <summary>What a <c>run</c> message says beside the script.</summary>
internal sealed record Order
{
    public static Order Script { get; } = new();

    public static Order Raw { get; } = new() { Format = "raw" };

    public static Order Job { get; } = new() { Kind = "job", ArgumentsAs = "variables" };

    public static Order Captured { get; } = new() { CaptureStreams = true };

    public static Order Kept { get; } = new() { KeepRunspace = true };

    public static Order Constrained { get; } = new() { LanguageMode = "ConstrainedLanguage" };

    /// <summary>Under a policy of these commands.</summary>
    public static Order Restricted(params string[] commands) => Constrained with { Commands = commands };

    public string Kind { get; init; } = "script";

    public string Format { get; init; } = "clixml";

    /// <summary>CLIXML text.</summary>
    public string? Arguments { get; init; }

    public string ArgumentsAs { get; init; } = "params";

    public bool CaptureStreams { get; init; }

    public bool KeepRunspace { get; init; }

    public string LanguageMode { get; init; } = "FullLanguage";

    /// <summary>The commands of the policy, null for all.</summary>
    public string[]? Commands { get; init; }

    public string? SessionId { get; init; }

    public string? JobName { get; init; }

    public string User { get; init; } = @"sitecore\tester";

    public string Policy { get; init; } = "unrestricted";
}
