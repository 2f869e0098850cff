using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>The patterns of -Include and -Exclude.</summary>
internal sealed class NameFilter(IEnumerable<string> include, IEnumerable<string> exclude)
{
    private readonly WildcardPattern[] _include = Patterns(include);
    private readonly WildcardPattern[] _exclude = Patterns(exclude);

    public bool Accepts(string name) =>
        (_include.Length == 0 || Array.Exists(_include, pattern => pattern.IsMatch(name)))
        && !Array.Exists(_exclude, pattern => pattern.IsMatch(name));

    private static WildcardPattern[] Patterns(IEnumerable<string> texts) =>
        [.. texts.Select(text => WildcardPattern.Get(text, WildcardOptions.IgnoreCase))];
}
