using System.Management.Automation;
using SPE.Native;

namespace SPE.Session;

/// <summary>Makes what proves who calls of the properties of a session or the parameters of a command.</summary>
internal static class Credentials
{
    /// <summary>
    /// Everything that is there; the engine sends the first that counts (client-module.md 4.2). A PSCredential is sent as
    /// Basic where no user and password of their own are given.
    /// </summary>
    public static Credential Of(
        string? accessToken,
        string? sharedSecret,
        string? accessKeyId,
        string? algorithm,
        string? username,
        string? password,
        PSCredential? credential)
    {
        var isOfCredential = credential is not null && string.IsNullOrEmpty(password) && string.IsNullOrEmpty(sharedSecret);
        return new Credential
        {
            AccessToken = accessToken ?? "",
            SharedSecret = sharedSecret ?? "",
            AccessKeyId = accessKeyId ?? "",
            Algorithm = Algorithm(algorithm),
            Username = (isOfCredential ? credential!.UserName : username) ?? "",
            Password = (isOfCredential ? credential!.GetNetworkCredential().Password : password) ?? "",
        };
    }

    /// <summary>CM-D-31: the server knows only capitals; nothing means HS256.</summary>
    public static string Algorithm(string? name) => string.IsNullOrEmpty(name) ? "HS256" : name.ToUpperInvariant();
}
