using System;
using System.IO;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SPE.Tests.Harness;

/// <summary>Certificates that a test makes for itself, and their files.</summary>
internal sealed class TestCertificate : IDisposable
{
    public const string Password = "pfx-password-of-the-tests";

    private static readonly DateTimeOffset Today = DateTimeOffset.UtcNow;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spe-certificate-");

    /// <param name="subject">Name of its owner.</param>
    /// <param name="address">The address it is for.</param>
    /// <param name="days">How long it counts, from a month ago; in the past when negative.</param>
    public TestCertificate(string subject, string address = "127.0.0.1", int days = 60)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(address, out var ip))
        {
            names.AddIpAddress(ip);
        }
        else
        {
            names.AddDnsName(address);
        }

        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(Today.AddDays(-30), Today.AddDays(days - 30));
        Own = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx, Password), Password, X509KeyStorageFlags.Exportable);
        File.WriteAllText(Pem, Own.ExportCertificatePem());
        File.WriteAllBytes(Der, Own.Export(X509ContentType.Cert));
        File.WriteAllBytes(Pfx, Own.Export(X509ContentType.Pfx, Password));
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Both, File.ReadAllText(Pem) + "\n" + File.ReadAllText(Key));
        File.WriteAllText(Encrypted, File.ReadAllText(Pem) + "\n" + key.ExportEncryptedPkcs8PrivateKeyPem(
            Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
    }

    public X509Certificate2 Own { get; }

    public string Folder => _folder.FullName;

    public string Pem => PathOf("certificate.pem");

    public string Der => PathOf("certificate.cer");

    public string Pfx => PathOf("bundle.pfx");

    public string Key => PathOf("key.pem");

    public string Both => PathOf("both.pem");

    public string Encrypted => PathOf("encrypted.pem");

    public void Dispose()
    {
        Own.Dispose();
        _folder.Delete(recursive: true);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
