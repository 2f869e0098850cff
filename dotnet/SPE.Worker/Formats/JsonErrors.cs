using System.Management.Automation;
using System.Text.Json;
using SPE.Worker.Runspaces;

namespace SPE.Worker.Formats;

/// <summary>Writes the elements of <c>errors</c> (wire-protocol.md 4.4).</summary>
internal sealed class JsonErrors(Utf8JsonWriter json, JsonForm form)
{
    private const string FailedId = "Spe.Remoting.ScriptExecutionFailed";

    /// <summary>An error that did not end the script.</summary>
    public void Write(ErrorRecord record)
    {
        var text = ErrorText.Of(record);
        if (!form.IsStructured)
        {
            json.WriteStringValue(text.Message);
            return;
        }

        json.WriteStartObject();
        json.WriteString("correlationId", form.RequestId);
        json.WriteString("errorCategory", text.Category);
        json.WriteString("fullyQualifiedErrorId", text.FullyQualifiedErrorId);
        json.WriteString("message", form.IsDetailed ? text.Message : $"Script error. See SPE log id={form.RequestId}.");
        if (form.IsDetailed)
        {
            Details(record, text);
        }

        json.WriteEndObject();
    }

    /// <summary>The error that ended the script, which comes last. Without details it says that there is one and where to look.</summary>
    public void WriteFailure(ErrorRecord record)
    {
        var text = ErrorText.Of(record);
        if (!form.IsStructured)
        {
            json.WriteStringValue(form.IsDetailed ? text.Message : $"Script execution failed. correlationId={form.RequestId}");
            return;
        }

        json.WriteStartObject();
        json.WriteString("correlationId", form.RequestId);
        json.WriteString("errorCategory", form.IsDetailed ? text.Category : nameof(ErrorCategory.NotSpecified));
        json.WriteString("fullyQualifiedErrorId", form.IsDetailed ? text.FullyQualifiedErrorId : FailedId);
        json.WriteString("message", form.IsDetailed ? text.Message : $"Script execution failed. See SPE log id={form.RequestId}.");
        if (form.IsDetailed)
        {
            Details(record, text);
        }

        json.WriteEndObject();
    }

    private void Details(ErrorRecord record, ErrorText text)
    {
        json.WriteString("categoryReason", record.CategoryInfo.Reason);
        json.WriteString("categoryTargetName", record.CategoryInfo.TargetName);
        json.WriteString("categoryTargetType", record.CategoryInfo.TargetType);
        json.WriteString("exceptionType", text.ExceptionType);
        json.WriteString("exceptionMessage", record.Exception is null ? null : text.Message);
        json.WriteString("scriptStackTrace", text.ScriptStackTrace);
        if (record.InvocationInfo is not { } at)
        {
            return;
        }

        json.WriteStartObject("invocationInfo");
        json.WriteString("scriptName", at.ScriptName ?? "");
        json.WriteNumber("scriptLineNumber", at.ScriptLineNumber);
        json.WriteNumber("offsetInLine", at.OffsetInLine);
        json.WriteString("line", at.Line);
        json.WriteString("positionMessage", text.PositionMessage ?? "");
        json.WriteEndObject();
    }
}
