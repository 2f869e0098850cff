using System;
using SPE.Native;

namespace SPE.Session;

/// <summary>One connection URI: whether it can be used, and how it is named where a user reads it.</summary>
internal sealed class Endpoint
{
    private Endpoint(Uri uri, string address, string? problem)
    {
        BaseUri = uri;
        Address = address;
        Problem = problem is null ? null : new Failure { Kind = FailureKind.InvalidInput, Message = problem };
    }

    public Uri BaseUri { get; }

    /// <summary>Scheme, host, port and path: no user, password or query, which may be secret.</summary>
    public string Address { get; }

    /// <summary>Why it cannot be called, or null.</summary>
    public Failure? Problem { get; }

    /// <summary>Checks a URI or a text.</summary>
    public static Endpoint Of(object? value)
    {
        var uri = value as Uri ?? (Uri.TryCreate($"{value}", UriKind.Absolute, out var parsed) ? parsed : null);
        if (uri is null || !uri.IsAbsoluteUri)
        {
            // The text is not repeated: what is not understood may hold a password.
            return new Endpoint(
                new Uri("about:blank"),
                "(not a URI)",
                "The connection URI is not an absolute URI such as https://cm.example.test.");
        }

        var address = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return new Endpoint(uri, address, ProblemOf(uri, address));
    }

    private static string? ProblemOf(Uri uri, string address)
    {
        if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
        {
            return $"The connection URI {address} has the scheme {uri.Scheme}; only https and http can be called.";
        }

        if (uri.UserInfo.Length > 0)
        {
            return $"The connection URI {address} holds a user or password. Give them with -Username and -Password.";
        }

        return uri.Query.Length > 0 || uri.Fragment.Length > 0
            ? $"The connection URI {address} has a query or fragment, which the paths of the protocol cannot follow."
            : null;
    }
}
