using System;
using System.Collections;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SPE.Session;

/// <summary>
/// The certificates of -HttpOption, read from their files at each call. They cross to the engine as PEM, a key as PKCS #8
/// (decisions, HTTP).
/// </summary>
internal static class CertificateFiles
{
    private const string Authority = "CertificateAuthority";
    private const string Client = "ClientCertificate";

    /// <summary>Largest file that is read, in bytes.</summary>
    private const long Largest = 4 << 20;

    /// <summary>The certificates of one file or several in PEM or DER, as PEM; empty when there is no such key.</summary>
    /// <exception cref="PSArgumentException">A file is missing or holds no certificates.</exception>
    public static string Authorities(OptionTable options, Func<string, string> resolve)
    {
        var value = options[Authority];
        var paths = value is string || LanguagePrimitives.GetEnumerable(value) is not { } items ? [value] : items.Cast<object?>().ToArray();
        return value is null
            ? ""
            : string.Join('\n', paths.Select(path => Authorities(options, Resolve(options, Authority, path, resolve))));
    }

    /// <summary>The client's certificates and key as PEM; empty when there is no such key.</summary>
    /// <exception cref="PSArgumentException">A file is missing, the password is wrong, or there is no key.</exception>
    public static string ClientCertificate(OptionTable options, Func<string, string> resolve)
    {
        switch (options[Client])
        {
            case null:
                return "";
            case X509Certificate2 certificate:
                return Read(options, "the certificate", () => ClientKey.Pem([certificate]));
            case IDictionary table:
                var own = new OptionTable($"HttpOption {Client}", table, "Path", "KeyPath", "Password");
                var keyPath = own["KeyPath"];
                return ClientCertificate(
                    options,
                    Resolve(own, "Path", own["Path"], resolve),
                    keyPath is null ? null : Resolve(own, "KeyPath", keyPath, resolve),
                    Password(own));
            case var value:
                return ClientCertificate(options, Resolve(options, Client, value, resolve), keyPath: null, password: null);
        }
    }

    /// <summary>The table with the paths of its files made absolute, so that it means the same when the location changes.</summary>
    public static IDictionary? Rooted(IDictionary? table, Func<string, string> resolve)
    {
        if (table is null)
        {
            return null;
        }

        var rooted = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in table)
        {
            var value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            rooted[entry.Key] = $"{entry.Key}".ToUpperInvariant() switch
            {
                "CERTIFICATEAUTHORITY" when value is not string && LanguagePrimitives.GetEnumerable(value) is { } items =>
                    items.Cast<object?>().Select(item => resolve($"{item}")).ToArray(),
                "CERTIFICATEAUTHORITY" or "PATH" or "KEYPATH" => resolve($"{value}"),
                "CLIENTCERTIFICATE" when value is string path => resolve(path),
                "CLIENTCERTIFICATE" when value is IDictionary inner => Rooted(inner, resolve),
                _ => value,
            };
        }

        return rooted;
    }

    private static string Authorities(OptionTable options, string path) => Read(options, path, () =>
    {
        var certificates = new X509Certificate2Collection();
        var bytes = Bytes(options, Authority, path);
        if (IsPem(bytes))
        {
            certificates.ImportFromPem(Encoding.UTF8.GetString(bytes));
        }
        else
        {
            certificates.Add(new X509Certificate2(bytes));
        }

        return certificates.Count > 0
            ? certificates.ExportCertificatePems()
            : throw options.Refuse(Authority, $"names {path}, which holds no certificate.");
    });

    private static string ClientCertificate(OptionTable options, string path, string? keyPath, string? password) =>
        Read(options, path, () =>
        {
            var bytes = Bytes(options, Client, path);
            if (!IsPem(bytes))
            {
                var bundle = new X509Certificate2Collection();
                bundle.Import(bytes, password, X509KeyStorageFlags.Exportable);
                return ClientKey.Pem(bundle);
            }

            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(Encoding.UTF8.GetString(bytes));
            var key = keyPath is null ? bytes : Bytes(options, Client, keyPath);
            return ClientKey.Pem(chain, Encoding.UTF8.GetString(key), password);
        });

    private static string Read(OptionTable options, string path, Func<string> read)
    {
        try
        {
            return read();
        }
        catch (CryptographicException error)
        {
            throw options.Refuse(
                Client, $"or {Authority}: {path} cannot be used. {error.Message} A wrong password reads like this too.");
        }
        catch (ArgumentException error) when (error is not PSArgumentException)
        {
            throw options.Refuse(Client, $"names {path}, which cannot be used: {error.Message}");
        }
    }

    private static byte[] Bytes(OptionTable options, string key, string path)
    {
        try
        {
            return new FileInfo(path).Length <= Largest
                ? File.ReadAllBytes(path)
                : throw options.Refuse(key, $"names {path}, which is too large for certificates.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw options.Refuse(key, $"names a file that cannot be read: {error.Message}");
        }
    }

    private static string Resolve(OptionTable options, string key, object? path, Func<string, string> resolve)
    {
        if (path is not (string or FileInfo) || $"{path}".Trim().Length == 0)
        {
            throw options.Refuse(key, "is the path of a file.");
        }

        try
        {
            return resolve($"{path}");
        }
        catch (Exception error) when (error is RuntimeException or NotSupportedException or ArgumentException)
        {
            throw options.Refuse(key, $"is no path of the file system: {error.Message}");
        }
    }

    private static string? Password(OptionTable own) => own["Password"] switch
    {
        null => null,
        string text => text,
        SecureString secret => new PSCredential("user", secret).GetNetworkCredential().Password,
        PSCredential login => login.GetNetworkCredential().Password,
        _ => throw own.Refuse("Password", "is a text, a SecureString or a PSCredential."),
    };

    private static bool IsPem(byte[] bytes) => bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
}
