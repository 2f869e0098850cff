namespace SPE.Tests.Harness;

/// <summary>Secrets for servers that check none.</summary>
internal static class Secrets
{
    /// <summary>
    /// 64 characters, as every algorithm needs; also the secret of the golden vectors (wire-protocol Appendix A).
    /// </summary>
    public const string Any = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
}
