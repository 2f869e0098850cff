using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Xml;
using System.Xml.Linq;
using SPE.Native;

namespace SPE.MediaSync;

/// <summary>
/// The configuration of media sync (client-module.md 21): root <c>mediaSync</c> with <c>folder</c> elements. Beside login and password
/// of the script module, <c>sharedSecret</c>, <c>accessKeyId</c> and <c>accessToken</c> may stand under <c>credentials</c>.
/// </summary>
internal static class MediaSyncConfig
{
    /// <summary>The folders of a file.</summary>
    /// <exception cref="InvalidDataException">The file is no such configuration; the message names the element and what is missing.</exception>
    public static IReadOnlyList<MediaSyncFolder> Read(string file)
    {
        var root = Load(file).Root!;
        if (root.Name.LocalName != "mediaSync")
        {
            throw Fault(root, "the root has to be 'mediaSync'");
        }

        var folders = root.Elements("folder").Select(Folder).ToArray();
        return folders.Length > 0 ? folders : throw Fault(root, "there is no 'folder' in it");
    }

    private static XDocument Load(string file)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
            using var reader = XmlReader.Create(file, settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo);
        }
        catch (XmlException error)
        {
            throw new InvalidDataException($"It is no XML that can be read: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(error.Message, error);
        }
    }

    private static MediaSyncFolder Folder(XElement folder)
    {
        var path = folder.Attribute("path")?.Value is { Length: > 0 } given ? given : throw Fault(folder, "the attribute 'path' is missing");
        if (!Path.IsPathFullyQualified(path) || !Directory.Exists(path))
        {
            throw Fault(folder, $"the folder {path} is not there; give an absolute path of one that is");
        }

        var site = Child(folder, "site");
        var host = Child(site, "host");
        if (!Uri.TryCreate(host.Value.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw Fault(host, "it has to be an address such as https://cm.example.test");
        }

        var credential = Credential(Child(site, "credentials"));
        var media = Child(folder, "media");
        return new MediaSyncFolder
        {
            Path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)),
            Host = uri,
            Credential = credential,
            HoldsSecret = credential.Password.Length > 0 || credential.SharedSecret.Length > 0 || credential.AccessToken.Length > 0,
            MediaFolder = Child(media, "mediaFolder").Value.Trim().Replace('\\', '/').Trim('/'),
            Masks = [.. media.Elements("skippedPaths").Elements("mask").Where(mask => mask.Value.Trim().Length > 0).Select(Mask)],
        };
    }

    private static Credential Credential(XElement credentials)
    {
        var credential = new Credential
        {
            Username = Text("login"), Password = Text("password"), SharedSecret = Text("sharedSecret"),
            AccessKeyId = Text("accessKeyId"), AccessToken = Text("accessToken"),
        };
        return credential.Username.Length + credential.SharedSecret.Length + credential.AccessToken.Length > 0
            ? credential
            : throw Fault(credentials, "there is neither 'login' nor 'sharedSecret' nor 'accessToken' in it");

        string Text(string name) => credentials.Element(name)?.Value ?? "";
    }

    /// <summary>A mask with either slash. It is tried, since one that cannot be used says so only then.</summary>
    private static WildcardPattern Mask(XElement mask)
    {
        var text = mask.Value.Trim();
        try
        {
            var pattern = new WildcardPattern(text.Replace('\\', '/'), WildcardOptions.IgnoreCase);
            pattern.IsMatch("");
            return pattern;
        }
        catch (WildcardPatternException)
        {
            throw Fault(mask, $"'{text}' is no wildcard; each '[' needs its ']'");
        }
    }

    private static XElement Child(XElement parent, string name) =>
        parent.Element(name) ?? throw Fault(parent, $"the element '{name}' is missing");

    private static InvalidDataException Fault(XElement element, string what)
    {
        var line = ((IXmlLineInfo)element).LineNumber;
        return new InvalidDataException($"Element '{element.Name.LocalName}' in line {line}: {what}.");
    }
}
