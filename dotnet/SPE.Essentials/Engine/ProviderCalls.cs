using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Runtime.CompilerServices;

namespace Microsoft.PowerShell.Commands.Engine;

/// <summary>The calls into providers that take a <see cref="ProviderContext"/>.</summary>
internal static class ProviderCalls
{
    private const string Context = "System.Management.Automation.CmdletProviderContext, System.Management.Automation";

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Get")]
    public static extern void Get(
        ItemCmdletProviderIntrinsics items, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Exists")]
    public static extern bool Exists(
        ItemCmdletProviderIntrinsics items, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "IsContainer")]
    public static extern bool IsContainer(
        ItemCmdletProviderIntrinsics items, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Get")]
    public static extern void Get(
        ChildItemCmdletProviderIntrinsics children,
        string path,
        bool recurse,
        uint depth,
        [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetNames")]
    public static extern void GetNames(
        ChildItemCmdletProviderIntrinsics children,
        string path,
        ReturnContainers containers,
        bool recurse,
        uint depth,
        [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetChildItemsDynamicParameters")]
    public static extern object? ParametersOfGet(
        ChildItemCmdletProviderIntrinsics children, string path, bool recurse, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetReader")]
    public static extern Collection<IContentReader> GetReader(
        ContentCmdletProviderIntrinsics content, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetContentReaderDynamicParameters")]
    public static extern object? ParametersOfReader(
        ContentCmdletProviderIntrinsics content, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetWriter")]
    public static extern Collection<IContentWriter> GetWriter(
        ContentCmdletProviderIntrinsics content, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Clear")]
    public static extern void Clear(
        ContentCmdletProviderIntrinsics content, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "GetContentWriterDynamicParameters")]
    public static extern object? ParametersOfWriter(
        ContentCmdletProviderIntrinsics content, string path, [UnsafeAccessorType(Context)] object context);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SetLocation")]
    public static extern PathInfo SetLocation(
        PathIntrinsics paths, string path, [UnsafeAccessorType(Context)] object context, bool isLiteral);
}
