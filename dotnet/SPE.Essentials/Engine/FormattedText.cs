using System;
using System.IO;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>
/// Lets a command write what it is given as text into a writer, with the views that Out-Default uses. The engine has all of
/// it, but makes it reachable to its own commands only.
/// </summary>
internal static class FormattedText
{
    private const string Namespace = "Microsoft.PowerShell.Commands.Internal.Format.";

    /// <summary>Columns where there is no screen to ask.</summary>
    public const int DefaultWidth = 120;

    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Connects <paramref name="command"/> before it begins.</summary>
    public static void Attach(FrontEndCommandBase command, TextWriter writer, int width, bool noNewLine)
    {
        var lines = New("TextWriterLineOutput", writer, width, noNewLine);
        var manager = New("OutputManagerInner");
        manager.GetType().GetProperty("LineOutput", All)!.SetValue(manager, lines);
        typeof(FrontEndCommandBase).GetField("implementation", All)!.SetValue(command, manager);
    }

    private static object New(string name, params object[] arguments)
    {
        var type = typeof(FrontEndCommandBase).Assembly.GetType(Namespace + name, throwOnError: true)!;
        return Activator.CreateInstance(type, All, null, arguments, null)!;
    }
}
