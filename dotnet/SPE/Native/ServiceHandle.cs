using System;
using System.Runtime.InteropServices;
using SPE.Native.Bindings;

namespace SPE.Native;

/// <summary>
/// Owns the service of the native library. It is destroyed when it was disposed and the last lease ended, so that no
/// call ever uses one that is gone.
/// </summary>
internal sealed class ServiceHandle : SafeHandle
{
    private ServiceHandle(IntPtr service)
        : base(IntPtr.Zero, ownsHandle: true) => SetHandle(service);

    public override bool IsInvalid => handle == IntPtr.Zero;

    /// <summary>
    /// Makes a service. This is the first native call of a process, so it is here that a library that cannot be used is
    /// found out.
    /// </summary>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    public static ServiceHandle Create()
    {
        try
        {
            return new ServiceHandle(Interop.client_create());
        }
        catch (TypeInitializationException error)
        {
            throw error.InnerException switch
            {
                NativeLibraryException known => known,
                TypeLoadException stale => AnotherBuild(stale),
                _ => error,
            };
        }
    }

    /// <summary>Keeps the service until the lease is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The service was disposed.</exception>
    public Lease Use() => new(this);

    protected override bool ReleaseHandle()
    {
        Interop.client_destroy(handle);
        return true;
    }

    /// <summary>
    /// A type load exception is what the bindings throw for another hash, and what a function that is missing is.
    /// </summary>
    private static NativeLibraryException AnotherBuild(Exception cause) => new(
        $"The native library of the module SPE is of another build than the module: {LibraryResolver.LoadedFrom} does " +
        $"not belong to {typeof(ServiceHandle).Assembly.Location}. Install the module again, then start PowerShell anew.",
        cause);

    /// <summary>The right to call the service.</summary>
    internal readonly struct Lease : IDisposable
    {
        private readonly ServiceHandle _owner;

        public Lease(ServiceHandle owner)
        {
            _owner = owner;
            var added = false;
            owner.DangerousAddRef(ref added);
        }

        public IntPtr Service => _owner.handle;

        public void Dispose() => _owner.DangerousRelease();
    }
}
