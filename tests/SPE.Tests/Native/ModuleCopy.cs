using System;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using System.Threading;
using SPE.Tests.Harness;

namespace SPE.Tests.Native;

/// <summary>
/// A copy of the module's assembly in a folder and a load context of its own, to be broken, and to be unloaded.
/// </summary>
internal sealed class ModuleCopy : IDisposable
{
    private readonly AssemblyLoadContext _context = new(nameof(ModuleCopy), isCollectible: true);

    public ModuleCopy() => File.Copy(ModuleAssembly.File, Assembly);

    public string Folder { get; } = Directory.CreateTempSubdirectory("spe-module-copy-").FullName;

    public string Assembly => Path.Combine(Folder, "SPE.dll");

    /// <summary>Beside the assembly, the last place that is searched.</summary>
    public string Library => Path.Combine(Folder, "libspe.so");

    /// <summary>The library that was built, wherever the module has it.</summary>
    public static string BuiltLibrary =>
        Directory.GetFiles(ModuleAssembly.Folder, "libspe.so", SearchOption.AllDirectories)[0];

    /// <summary>Mints a token with the copy, as its New-Jwt does. What the copy throws comes out.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public string Mint()
    {
        var call = New(
            "JwtCall", ("Algorithm", "HS256"), ("Issuer", "i"), ("Audience", "a"), ("SecretKey", Secrets.Any));
        return (string)Get(Client("NewJwt", call), "Reply")!;
    }

    /// <summary>
    /// Calls a server that cannot be one, and tells the kind of the failure: it takes other functions of the library
    /// than a token.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public string TestNothing()
    {
        var target = New(
            "Target", ("BaseUri", new Uri("nowhere:")), ("Credential", New("Credential")), ("SessionId", "s"));
        var handler = typeof(Action<>).MakeGenericType(Type("OperationEvent"));
        var ignore = typeof(ModuleCopy).GetMethod(nameof(Ignore), BindingFlags.Static | BindingFlags.NonPublic)!;
        var outcome = Client("Test", target, Delegate.CreateDelegate(handler, ignore), CancellationToken.None);
        return $"{Get(Get(outcome, "Failure")!, "Kind")}";
    }

    /// <summary>Begins the unloading; the reference tells when it is over.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public WeakReference Unload()
    {
        _context.Unload();
        return new WeakReference(_context);
    }

    public void Dispose()
    {
        _context.Unload();
        Directory.Delete(Folder, recursive: true);
    }

    private static void Ignore(object item)
    {
    }

    private object Client(string method, params object[] arguments)
    {
        var client = Type("SpeClient").GetProperty("Instance")!
            .GetMethod!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [], null)!;
        return client.GetType().GetMethod(method)!
            .Invoke(client, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    private object New(string type, params (string Name, object Value)[] properties)
    {
        var instance = Activator.CreateInstance(Type(type))!;
        foreach (var (name, value) in properties)
        {
            instance.GetType().GetProperty(name)!.SetValue(instance, value);
        }

        return instance;
    }

    private Type Type(string name) => _context.LoadFromAssemblyPath(Assembly).GetType($"SPE.Native.{name}")!;

    private static object? Get(object instance, string property) =>
        instance.GetType().GetProperty(property)!.GetValue(instance);
}
