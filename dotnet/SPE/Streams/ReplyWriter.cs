using System;
using System.Linq;
using System.Management.Automation;
using SPE.Commands;
using SPE.Errors;
using SPE.Native;
using SPE.Scripts;
using SPE.Session;

namespace SPE.Streams;

/// <summary>
/// Writes the reply to a script as the caller wants it (client-module.md 9): objects one level deep, records to their
/// streams, and the error that ended the script, which comes last, always to the error stream.
/// </summary>
internal sealed class ReplyWriter(StreamCmdlet cmdlet, ScriptOptions options)
{
    /// <summary>What the server answers when the script ended with a terminating error.</summary>
    private const int ScriptFailed = 424;

    /// <summary>Writes the reply, or the one error of a call that failed.</summary>
    public void Write(Outcome<Reply> outcome, Endpoint endpoint)
    {
        if (outcome.Failure is { } failure)
        {
            WriteFailure(failure, endpoint.Address);
        }
        else
        {
            Write(outcome.Reply!, endpoint.Address);
        }
    }

    /// <summary>
    /// A refusal of a server that was asked for JSON has its errors in the body, and output that came before (CM-D-14).
    /// </summary>
    private void WriteFailure(Failure failure, string address)
    {
        var content = new ReplyContent();
        var isTold = Is("Json") && failure is { BodyIsJson: true, Kind: FailureKind.Forbidden or FailureKind.Http }
            && JsonReply.TryRead(failure.Body, failure.RequestId, content) && content.Errors.Count > 0;
        if (!isTold)
        {
            cmdlet.Report(FailureErrors.ToRecord(failure, address));
            return;
        }

        WriteContent(content, failure.RequestId);
    }

    private void Write(Reply reply, string address)
    {
        if (reply.Body.Length == 0 && reply.Status != ScriptFailed)
        {
            cmdlet.Tell(
                "The reply is empty: the script had no output. Where that is a surprise, the service may be disabled, "
                + "the user without access, or the application restarting.");
            return;
        }

        if (!TryRead(reply, address, out var content))
        {
            return;
        }

        var ended = reply.Status == ScriptFailed ? TakeLastError(content) : null;
        WriteContent(content, reply.RequestId);
        if (ended is not null)
        {
            cmdlet.Report(RemoteError.OfRecord(ended, reply.RequestId));
        }
        else if (reply.Status == ScriptFailed && content.Errors.Count == 0)
        {
            cmdlet.Report(RemoteError.WithoutDetail(address, reply.RequestId));
        }
    }

    private void WriteContent(ReplyContent content, string correlationId)
    {
        foreach (var error in content.Errors)
        {
            cmdlet.Report(error);
        }

        foreach (var (item, isAlwaysRouted) in content.Items)
        {
            WriteItems(item, isAlwaysRouted, correlationId);
        }
    }

    private bool TryRead(Reply reply, string address, out ReplyContent content)
    {
        content = new ReplyContent();
        if (Is("Json"))
        {
            cmdlet.Tell("Parsing the reply as JSON.");
            if (JsonReply.TryRead(reply.Body, reply.RequestId, content))
            {
                return true;
            }

            cmdlet.Warn("The reply is not JSON; the server may not support that output format. It is read as CLIXML.");
        }

        if (Is("Raw"))
        {
            RawReply.Read(reply.Body, content);
            return true;
        }

        cmdlet.Tell(options.CaptureStreams ? "Deserialising the reply, records go to their streams." : "Deserialising the reply.");
        if (CliXmlReply.TryRead(reply.Body, content.Add, out var problem))
        {
            return true;
        }

        var failure = new Failure
        {
            Kind = FailureKind.Malformed,
            Message = $"{address} answered what is not CLIXML: {problem}",
            Status = reply.Status,
            RequestId = reply.RequestId,
        };
        cmdlet.Report(FailureErrors.ToRecord(failure, address));
        return false;
    }

    /// <summary>WP-D-50: the last error record of a failed script is what ended it.</summary>
    private static PSObject? TakeLastError(ReplyContent content)
    {
        if (content.Items.LastOrDefault().Item is not PSObject last || RemoteRecord.KindOf(last) != RecordKind.Error)
        {
            return null;
        }

        content.Items.RemoveAt(content.Items.Count - 1);
        return last;
    }

    /// <summary>
    /// Where records go to their streams, those in a list do too, so a list is taken apart (client-module.md 9.1). Raw replies have none.
    /// </summary>
    private void WriteItems(object? item, bool isAlwaysRouted, string correlationId)
    {
        if (!options.CaptureStreams || !Is("CliXml") || LanguagePrimitives.GetEnumerable(item) is not { } inner)
        {
            WriteItem(item, isAlwaysRouted, correlationId);
            return;
        }

        foreach (var element in inner)
        {
            WriteItem(element, isAlwaysRouted, correlationId);
        }
    }

    private void WriteItem(object? item, bool isAlwaysRouted, string correlationId)
    {
        var kind = RemoteRecord.KindOf(item);
        var isRouted = isAlwaysRouted || options.CaptureStreams || (options.RouteErrors && kind == RecordKind.Error);
        switch (isRouted ? kind : RecordKind.Output)
        {
            case RecordKind.Verbose:
                cmdlet.Tell($"{item}");
                break;
            case RecordKind.Debug:
                cmdlet.WriteDebug($"{item}");
                break;
            case RecordKind.Warning:
                cmdlet.Warn($"{item}");
                break;
            case RecordKind.Information:
                cmdlet.WriteInformation($"{item}", []);
                break;
            case RecordKind.Error:
                cmdlet.Report(RemoteError.OfRecord((PSObject)item!, correlationId));
                break;
            default:
                options.OnOutput?.Invoke(item);
                cmdlet.WriteObject(item, enumerateCollection: false);
                break;
        }
    }

    private bool Is(string format) => options.Format.Equals(format, StringComparison.OrdinalIgnoreCase);
}
