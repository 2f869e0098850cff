using System.Management.Automation;

namespace SPE.Commands;

/// <summary>ConvertFrom-JwtPayload: the second part of a token, its claims.</summary>
[Cmdlet(VerbsData.ConvertFrom, "JwtPayload")]
[OutputType(typeof(PSObject), typeof(string))]
public sealed class ConvertFromJwtPayloadCommand : JwtSegmentCommand
{
    private protected override int Segment => 1;
}
