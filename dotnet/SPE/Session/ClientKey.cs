using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SPE.Session;

/// <summary>Writes the certificates a client proves itself with, and the key of the first, as PEM.</summary>
internal static class ClientKey
{
    private const int Rounds = 100_000;

    /// <summary>Certificates of which one has its key, such as those of a PFX file.</summary>
    /// <exception cref="CryptographicException">None has a key, or it cannot leave where it is.</exception>
    public static string Pem(X509Certificate2Collection certificates)
    {
        var own = certificates.FirstOrDefault(certificate => certificate.HasPrivateKey)
            ?? throw new CryptographicException("There is no private key with the certificate.");
        using AsymmetricAlgorithm? key = (AsymmetricAlgorithm?)own.GetRSAPrivateKey() ?? own.GetECDsaPrivateKey();
        return key is null
            ? throw new CryptographicException("The private key is neither RSA nor ECDSA.")
            : Pem(own, certificates, key);
    }

    /// <summary>Certificates with a key of their own in PEM, encrypted or not.</summary>
    /// <exception cref="CryptographicException">There is no certificate, or the key is not the one of the first.</exception>
    public static string Pem(X509Certificate2Collection certificates, string keyPem, string? password)
    {
        var own = certificates.FirstOrDefault() ?? throw new CryptographicException("There is no certificate in the file.");
        using AsymmetricAlgorithm key = own.GetRSAPublicKey() is null ? ECDsa.Create() : RSA.Create();
        if (password is null)
        {
            key.ImportFromPem(keyPem);
        }
        else
        {
            key.ImportFromEncryptedPem(keyPem, password);
        }

        // Fails when the two do not belong together, which the server would only refuse.
        using var pair = key is RSA rsa ? own.CopyWithPrivateKey(rsa) : own.CopyWithPrivateKey((ECDsa)key);
        return Pem(own, certificates, key);
    }

    private static string Pem(X509Certificate2 own, X509Certificate2Collection certificates, AsymmetricAlgorithm key)
    {
        var pem = new StringBuilder(own.ExportCertificatePem()).Append('\n');
        foreach (var other in certificates.Where(other => !other.Equals(own)))
        {
            pem.Append(other.ExportCertificatePem()).Append('\n');
        }

        return pem.Append(Plain(key)).Append('\n').ToString();
    }

    /// <summary>Keys of Windows may leave their store in encrypted form only, even when they are exportable.</summary>
    private static string Plain(AsymmetricAlgorithm key)
    {
        try
        {
            return key.ExportPkcs8PrivateKeyPem();
        }
        catch (CryptographicException)
        {
            var password = RandomNumberGenerator.GetBytes(32);
            var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, Rounds);
            var wrapped = key.ExportEncryptedPkcs8PrivateKey(password, parameters);
            using AsymmetricAlgorithm copy = key is RSA ? RSA.Create() : ECDsa.Create();
            copy.ImportEncryptedPkcs8PrivateKey(password, wrapped, out _);
            return copy.ExportPkcs8PrivateKeyPem();
        }
    }
}
