using System;
using System.Management.Automation;
using Microsoft.PowerShell.Commands.Engine;

namespace Microsoft.PowerShell.Commands;

/// <summary>What the commands over provider paths share: filters, the provider's own parameters, errors and stopping.</summary>
public abstract class ProviderCommand : PSCmdlet, IDynamicParameters
{
    private object? _parameters;
    private object? _context;

    [Parameter]
    public virtual string? Filter { get; set; }

    [Parameter]
    public virtual string[] Include { get; set; } = [];

    [Parameter]
    public virtual string[] Exclude { get; set; } = [];

    [Parameter]
    public virtual SwitchParameter Force { get; set; }

    /// <summary>Paths as bound, of either parameter set.</summary>
    private protected abstract string[] Targets { get; }

    /// <summary>The context of this command's calls, with what was bound so far.</summary>
    private protected object Context => _context ??= NewContext();

    /// <summary>Whether the items that a provider touches are this command's output.</summary>
    private protected virtual bool WritesItems => true;

    private protected bool IsLiteral => ParameterSetName.StartsWith("Literal", StringComparison.Ordinal);

    /// <summary>The provider's own parameters; none where the path leads nowhere, which the call itself will say.</summary>
    public object? GetDynamicParameters()
    {
        try
        {
            return _parameters = ProviderParameters(Targets.Length > 0 ? Targets[0] : ".", NewContext());
        }
        catch (Exception error) when (IsOfProvider(error))
        {
            return null;
        }
    }

    protected override void StopProcessing()
    {
        if (_context is not null)
        {
            ProviderContext.Stop(_context);
        }
    }

    private protected virtual object? ProviderParameters(string path, object context) => null;

    /// <summary>Calls for one path. What the engine throws about the path is an error, and the next path has its turn.</summary>
    private protected void Try(Action call)
    {
        try
        {
            call();
        }
        catch (Exception error) when (IsOfProvider(error) && error is IContainsErrorRecord container)
        {
            WriteError(new ErrorRecord(container.ErrorRecord, error));
        }
    }

    private protected static bool IsOfProvider(Exception error) =>
        error is ItemNotFoundException or DriveNotFoundException or ProviderNotFoundException or PSNotSupportedException
            or PSArgumentException;

    private object NewContext()
    {
        var context = ProviderContext.Create(this, Filter, Include, Exclude, Force, IsLiteral, _parameters);
        ProviderContext.SetPassThru(context, WritesItems);
        return context;
    }
}
