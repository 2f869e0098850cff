using System.Management.Automation;
using SPE.Errors;
using SPE.Native;
using SPE.Session;

namespace SPE.Commands;

/// <summary>New-Jwt: a signed token (client-module.md 18). Nothing is sent.</summary>
[Cmdlet(VerbsCommon.New, "Jwt")]
[OutputType(typeof(string))]
public sealed class NewJwtCommand : RemoteCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateSet("HS256", "HS384", "HS512")]
    public string Algorithm { get; set; } = "";

    [Parameter(Position = 1)]
    public string Type { get; set; } = "JWT";

    [Parameter(Mandatory = true, Position = 2)]
    public string Issuer { get; set; } = "";

    [Parameter(Mandatory = true, Position = 3)]
    public string Audience { get; set; } = "";

    [Parameter(Position = 4)]
    public string Name { get; set; } = "";

    [Parameter(Position = 5)]
    public string KeyId { get; set; } = "";

    [Parameter(Position = 6)]
    public int ValidForSeconds { get; set; } = 30;

    /// <summary>The alias keeps -S short for it, although -Scope came later.</summary>
    [Parameter(Mandatory = true, Position = 7)]
    [Alias("S")]
    public string SecretKey { get; set; } = "";

    [Parameter(Position = 8)]
    public string ClientSessionId { get; set; } = "";

    [Parameter]
    public SwitchParameter NoIssuedAt { get; set; }

    [Parameter(Position = 9)]
    public long NotBefore { get; set; }

    [Parameter(Position = 10)]
    public long IssuedAt { get; set; }

    [Parameter]
    public string[] Scope { get; set; } = [];

    protected override void EndProcessing()
    {
        var call = new JwtCall
        {
            Algorithm = Credentials.Algorithm(Algorithm), Type = Type, KeyId = KeyId, Issuer = Issuer, Audience = Audience,
            Name = Name, ValidForSeconds = ValidForSeconds, SecretKey = SecretKey, ClientSessionId = ClientSessionId,
            NoIssuedAt = NoIssuedAt, NotBefore = NotBefore, IssuedAt = IssuedAt, Scope = string.Join(' ', Scope ?? []),
        };
        var outcome = Call((client, _, _) => client.NewJwt(call));
        if (outcome.Failure is { } failure)
        {
            ThrowTerminatingError(FailureErrors.ToRecord(failure, Audience));
        }

        WriteObject(outcome.Reply);
    }
}
