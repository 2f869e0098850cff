using System.Management.Automation;

namespace SPE.Commands;

/// <summary>ConvertFrom-JwtHeader: the first part of a token.</summary>
[Cmdlet(VerbsData.ConvertFrom, "JwtHeader")]
[OutputType(typeof(PSObject), typeof(string))]
public sealed class ConvertFromJwtHeaderCommand : JwtSegmentCommand
{
    private protected override int Segment => 0;
}
