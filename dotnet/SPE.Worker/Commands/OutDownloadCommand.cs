using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Text.Json;

namespace SPE.Worker.Commands;

/// <summary>Out-Download: leaves a content with the server, which the caller fetches once by the handle that this writes.</summary>
[Cmdlet(VerbsData.Out, "Download")]
[OutputType(typeof(string))]
public sealed class OutDownloadCommand : ScriptSessionCommand
{
    private readonly MemoryStream _content = new();
    private FileInfo? _file;
    private bool _isText;

    /// <summary>Bytes, a file, or anything else as a line of text.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [AllowNull, AllowEmptyString, AllowEmptyCollection]
    public PSObject? InputObject { get; set; }

    /// <summary>Media type. Text is text/plain, anything else application/octet-stream.</summary>
    [Parameter]
    public string? ContentType { get; set; }

    /// <summary>The name it is to have: that of the file, or document.txt.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (InputObject?.BaseObject)
        {
            case null:
                break;
            case byte one:
                _content.WriteByte(one);
                break;
            case byte[] bytes:
                _content.Write(bytes);
                break;
            case FileInfo file:
                Add(file);
                break;
            case string[] lines:
                AddLines(lines);
                break;
            default:
                AddLines([InputObject.ToString()]);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var name = Name ?? _file?.Name ?? "document.txt";
        var type = ContentType ?? (_isText ? "text/plain; charset=utf-8" : "application/octet-stream");
        if (Call("download.park", name, json => Fields(json, name, type), _content.ToArray()) is { } reply)
        {
            WriteObject(reply.Header.GetProperty("handle").GetString());
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _content.Dispose();
        base.Dispose(disposing);
    }

    private static void Fields(Utf8JsonWriter json, string name, string type)
    {
        json.WriteString("name", name);
        json.WriteString("contentType", type);
    }

    private void Add(FileInfo file)
    {
        try
        {
            using var from = file.OpenRead();
            from.CopyTo(_content);
            _file = file;
        }
        catch (System.Exception error) when (error is IOException or System.UnauthorizedAccessException)
        {
            WriteError(new ErrorRecord(error, "FileNotRead", ErrorCategory.ReadError, file));
        }
    }

    private void AddLines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (_isText)
            {
                _content.WriteByte((byte)'\n');
            }

            _content.Write(Encoding.UTF8.GetBytes(line));
            _isText = true;
        }
    }
}
