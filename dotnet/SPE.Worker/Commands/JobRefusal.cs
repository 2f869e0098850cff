using System;
using System.Management.Automation;

namespace SPE.Worker.Commands;

/// <summary>Why a job is not started: what scripts may ask of a Sitecore server and not of this one.</summary>
internal sealed record JobRefusal(string ErrorId, ErrorCategory Category, string Message)
{
    /// <summary>The reason, null when there is none.</summary>
    /// <param name="user">The account of the caller.</param>
    /// <param name="identity">The account that is asked for.</param>
    /// <param name="withoutSecurity">Whether checks are to be off.</param>
    /// <param name="interactive">Whether somebody is to be asked.</param>
    public static JobRefusal? Of(string user, string? identity, bool withoutSecurity, bool interactive)
    {
        if (identity is { Length: > 0 } && !identity.Equals(user, StringComparison.OrdinalIgnoreCase))
        {
            return new(
                "IdentityRefused",
                ErrorCategory.PermissionDenied,
                $"A job runs as its caller, {user}; -Identity cannot name another.");
        }

        if (withoutSecurity)
        {
            return new(
                "DisableSecurityRefused",
                ErrorCategory.PermissionDenied,
                "A job runs with the rights of its caller; -DisableSecurity is not possible.");
        }

        return interactive
            ? new(
                "InteractiveRefused",
                ErrorCategory.NotImplemented,
                "A job has nobody to ask; -Interactive is not possible.")
            : null;
    }
}
