using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace Microsoft.PowerShell.Commands.Objects;

/// <summary>Remembers objects, and knows those it has seen: bare objects by their properties, others by their value.</summary>
internal sealed class DistinctObjects(IComparer<object?> values)
{
    private readonly List<PSObject> _seen = [];

    /// <summary>Whether <paramref name="candidate"/> is new.</summary>
    public bool Add(PSObject candidate)
    {
        if (_seen.Exists(known => AreEqual(known, candidate)))
        {
            return false;
        }

        _seen.Add(candidate);
        return true;
    }

    private bool AreEqual(PSObject first, PSObject second)
    {
        if (first.BaseObject is not PSCustomObject || second.BaseObject is not PSCustomObject)
        {
            return values.Compare(first, second) == 0;
        }

        return first.Properties.Count() == second.Properties.Count()
            && first.Properties.All(property =>
                second.Properties[property.Name] is { } other && values.Compare(property.Value, other.Value) == 0);
    }
}
