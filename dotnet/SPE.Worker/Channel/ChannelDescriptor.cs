using System;
using System.ComponentModel;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SPE.Worker.Channel;

/// <summary>The end of the socket pair that the launcher left at a descriptor.</summary>
internal static class ChannelDescriptor
{
    /// <summary>Where the launcher leaves it.</summary>
    public const int Number = 3;

    private const int SetDescriptorFlags = 2;
    private const int CloseOnExec = 1;

    /// <summary>Takes the descriptor over.</summary>
    /// <exception cref="ChannelException">There is no socket at the descriptor.</exception>
    public static Stream Open(int descriptor)
    {
        // Before anything else: a child that inherited the channel could write into it, and would keep it open.
        if (Control(descriptor, SetDescriptorFlags, CloseOnExec) != 0)
        {
            var reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
            throw new ChannelException($"there is no channel at descriptor {descriptor}: {reason}");
        }

        try
        {
            var socket = new Socket(new SafeSocketHandle(descriptor, ownsHandle: true));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            throw new ChannelException($"descriptor {descriptor} is not a connected socket", error);
        }
    }

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int descriptor, int command, int argument);
}
