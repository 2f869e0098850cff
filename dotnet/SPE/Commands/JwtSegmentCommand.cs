using System;
using System.Management.Automation;
using SPE.Errors;
using SPE.Streams;
using SPE.Tokens;

namespace SPE.Commands;

/// <summary>A command that shows a part of a token, without verifying anything (client-module.md 19).</summary>
public abstract class JwtSegmentCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Alias("AccessToken")]
    public string Token { get; set; } = "";

    [Parameter]
    public SwitchParameter Raw { get; set; }

    /// <summary>The part that is shown: 0 for the header, 1 for the payload.</summary>
    private protected abstract int Segment { get; }

    protected override void ProcessRecord()
    {
        try
        {
            var text = JwtSegment.Decode(Token, Segment);
            if (Raw)
            {
                WriteObject(text);
            }
            else if (JsonValue.TryParse(text, out var value))
            {
                WriteObject(value);
            }
            else
            {
                throw JwtSegment.NotJson(Segment);
            }
        }
        catch (FormatException error)
        {
            var cause = new ArgumentException(error.Message, nameof(Token));
            ThrowTerminatingError(new ErrorRecord(cause, ErrorIds.InvalidToken, ErrorCategory.InvalidArgument, targetObject: null));
        }
    }
}
