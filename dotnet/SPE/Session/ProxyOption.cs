using System;
using System.Collections;
using System.Management.Automation;

namespace SPE.Session;

/// <summary>The key Proxy of -HttpOption: an address, <c>none</c>, or a table with Uri and Credential.</summary>
internal sealed record ProxyOption(string Address, string Username, string Password)
{
    /// <summary>What the environment and the system say.</summary>
    public static ProxyOption System { get; } = new("", "", "");

    private const string Key = "Proxy";
    private const string None = "none";

    /// <exception cref="PSArgumentException">The value is none of these.</exception>
    public static ProxyOption Of(OptionTable options) => options[Key] switch
    {
        null => System,
        IDictionary table => Of(options, new OptionTable($"HttpOption {Key}", table, "Uri", "Credential")),
        var value when None.Equals($"{value}", StringComparison.OrdinalIgnoreCase) => new ProxyOption(None, "", ""),
        var value => new ProxyOption(Uri(options, value), "", ""),
    };

    private static ProxyOption Of(OptionTable options, OptionTable proxy)
    {
        var credential = proxy["Credential"] switch
        {
            null => null,
            PSCredential login => login.GetNetworkCredential(),
            _ => throw proxy.Refuse("Credential", "is a PSCredential."),
        };
        var name = credential is { Domain.Length: > 0 } ? $@"{credential.Domain}\{credential.UserName}" : credential?.UserName;
        return new ProxyOption(Uri(options, proxy["Uri"]), name ?? "", credential?.Password ?? "");
    }

    private static string Uri(OptionTable options, object? value)
    {
        var uri = value as Uri ?? (global::System.Uri.TryCreate($"{value}", UriKind.Absolute, out var parsed) ? parsed : null);
        if (uri is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            throw options.Refuse(Key, "is an address such as http://proxy.example.test:3128, 'none', or a table with Uri and Credential.");
        }

        return uri.UserInfo.Length == 0
            ? uri.GetLeftPart(UriPartial.Authority)
            : throw options.Refuse(Key, "holds a user or a password in its address. Give them as @{ Uri = ...; Credential = ... }.");
    }
}
