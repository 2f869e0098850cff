using System;
using System.Collections;
using System.Management.Automation;
using SPE.Errors;
using SPE.Native;

namespace SPE.Session;

/// <summary>The keys of <c>-HttpOption</c>, checked (docs/connections.md).</summary>
internal sealed class ConnectionOptions
{
    private const string ConnectTimeout = "ConnectTimeout";
    private const string OperationTimeout = "OperationTimeout";
    private const string SkipCertificateCheck = "SkipCertificateCheck";
    private const string HttpVersion = "HttpVersion";

    /// <summary>Longest bound in seconds, a day.</summary>
    private const double Longest = 86_400;

    /// <summary>Bound on connecting in seconds.</summary>
    public double ConnectTimeoutSeconds { get; private init; } = 30;

    /// <summary>Bound on one request in seconds, 0 for none.</summary>
    public double OperationTimeoutSeconds { get; private init; }

    /// <summary>How connections are made.</summary>
    public Connection Connection { get; private init; } = new();

    /// <summary>Reads a table, the files that it names too; the command ends when a key or a value cannot be used.</summary>
    public static ConnectionOptions Read(PSCmdlet cmdlet, IDictionary? table)
    {
        try
        {
            return Of(table, cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath);
        }
        catch (PSArgumentException error)
        {
            cmdlet.ThrowTerminatingError(FailureErrors.Unusable("HttpOption", error.Message));
            throw;
        }
    }

    /// <summary>The table as a session keeps it, checked.</summary>
    public static IDictionary? Keep(PSCmdlet cmdlet, IDictionary? table)
    {
        Read(cmdlet, table);
        return CertificateFiles.Rooted(table, cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath);
    }

    private static ConnectionOptions Of(IDictionary? table, Func<string, string> resolve)
    {
        if (table is null)
        {
            return new ConnectionOptions();
        }

        var options = new OptionTable(
            "HttpOption", table, ConnectTimeout, OperationTimeout, "Proxy", "CertificateAuthority", "ClientCertificate", SkipCertificateCheck, HttpVersion);
        var proxy = ProxyOption.Of(options);
        return new ConnectionOptions
        {
            ConnectTimeoutSeconds = options.Seconds(ConnectTimeout, 30, 0.001, Longest),
            OperationTimeoutSeconds = options.Seconds(OperationTimeout, 0, 0, Longest),
            Connection = new Connection
            {
                Proxy = proxy.Address,
                ProxyUsername = proxy.Username,
                ProxyPassword = proxy.Password,
                CertificateAuthorities = CertificateFiles.Authorities(options, resolve),
                ClientCertificate = CertificateFiles.ClientCertificate(options, resolve),
                SkipCertificateCheck = options.Flag(SkipCertificateCheck),
                Http2 = IsHttp2(options),
            },
        };
    }

    private static bool IsHttp2(OptionTable options) => $"{options[HttpVersion]}" switch
    {
        "" or "1.1" => false,
        "2" or "2.0" => true,
        _ => throw options.Refuse(HttpVersion, "is 1.1 or 2."),
    };
}
