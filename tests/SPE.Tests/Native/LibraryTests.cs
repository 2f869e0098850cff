using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SPE.Native;
using SPE.Tests.Harness;
using Xunit;

namespace SPE.Tests.Native;

/// <summary>
/// A native library that cannot be used is one clear error, and no other library is ever taken for it.
/// </summary>
public sealed class LibraryTests
{
    [Fact]
    public void LibraryBesideTheAssemblyIsFound()
    {
        using var copy = new ModuleCopy();
        File.Copy(ModuleCopy.BuiltLibrary, copy.Library);
        Assert.Equal(3, copy.Mint().Split('.').Length);
    }

    [Fact]
    public void MissingLibraryIsToldWithThePathsTriedInTheirOrder()
    {
        using var copy = new ModuleCopy();
        var message = Refusal(copy);
        var identifier = $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        var places = new[]
        {
            Path.Combine(copy.Folder, "runtimes", identifier, "native", "libspe.so"),
            Path.Combine(copy.Folder, identifier, "libspe.so"),
            copy.Library,
        };
        var found = places.Select(
            place => message.IndexOf($"{place} is not there", StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, found);
        Assert.Equal(found.Order(), found);
    }

    [Fact]
    public void FileThatIsNoLibraryOfThisPlatformIsToldWithItsPath()
    {
        using var copy = new ModuleCopy();
        File.WriteAllText(copy.Library, "MZ");
        Assert.Contains($"{copy.Library} cannot be loaded (", Refusal(copy), StringComparison.Ordinal);
    }

    /// <summary>A library that cannot be loaded does not hide one that can.</summary>
    [Fact]
    public void SearchGoesOnBehindAFileThatCannotBeLoaded()
    {
        using var copy = new ModuleCopy();
        var first = LibraryResolver.Candidates(copy.Folder)[0];
        Directory.CreateDirectory(Path.GetDirectoryName(first)!);
        File.WriteAllText(first, "MZ");
        File.Copy(ModuleCopy.BuiltLibrary, copy.Library);
        Assert.Equal(3, copy.Mint().Split('.').Length);
    }

    [Fact]
    public void LibraryOfAnotherBuildIsToldWithBothPaths()
    {
        using var copy = new ModuleCopy();
        File.Copy(ModuleCopy.BuiltLibrary, copy.Library);
        ExpectAnotherBuild(copy.Assembly);
        var message = Refusal(copy);
        Assert.Contains("another build", message, StringComparison.Ordinal);
        Assert.Contains(copy.Library, message, StringComparison.Ordinal);
        Assert.Contains(copy.Assembly, message, StringComparison.Ordinal);
    }

    /// <summary>The module may be updated or removed while a shell uses it.</summary>
    [Fact]
    public void LibraryThatIsRemovedWhileInUseStaysInUse()
    {
        using var copy = new ModuleCopy();
        File.Copy(ModuleCopy.BuiltLibrary, copy.Library);
        copy.Mint();
        File.Delete(copy.Library);
        Assert.Equal("InvalidInput", copy.TestNothing());
    }

    /// <summary>What is wrong stays wrong, and is told again in the same words, not as a broken type.</summary>
    [Fact]
    public void SecondAttemptIsToldTheSame()
    {
        using var copy = new ModuleCopy();
        Assert.Equal(Refusal(copy), Refusal(copy));
    }

    [Fact]
    public void AssemblyCanBeUnloadedAndLoadedAgain()
    {
        using var copy = new ModuleCopy();
        File.Copy(ModuleCopy.BuiltLibrary, copy.Library);
        var gone = MintAndUnload(copy.Folder);
        for (var attempt = 0; gone.IsAlive && attempt < 50; attempt++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(gone.IsAlive, "something keeps the assembly");
        Assert.Equal(3, copy.Mint().Split('.').Length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MintAndUnload(string folder)
    {
        using var first = new ModuleCopy();
        File.Copy(Path.Combine(folder, "libspe.so"), first.Library);
        first.Mint();
        return first.Unload();
    }

    private static string Refusal(ModuleCopy copy)
    {
        var error = Assert.ThrowsAny<Exception>(() => copy.Mint());
        Assert.Equal(typeof(NativeLibraryException).FullName, error.GetType().FullName);
        return error.Message;
    }

    /// <summary>Changes the hash that the assembly expects of its library, as a later build of it would.</summary>
    private static void ExpectAnotherBuild(string assembly)
    {
        var line = File.ReadLines(Repository.File("dotnet", "SPE", "Native", "Bindings.g.cs"))
            .First(text => text.StartsWith("// Hash:", StringComparison.Ordinal));
        var hash = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(
            hash, ulong.Parse(line.Split("0x")[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        var image = File.ReadAllBytes(assembly);
        var at = image.AsSpan().IndexOf(hash);
        Assert.True(at > 0, "the hash of the bindings is not in the assembly; was it built anew?");
        image[at] ^= 1;
        File.WriteAllBytes(assembly, image);
    }
}
