using System.Management.Automation;
using Xunit;

namespace SPE.Tests.Harness;

/// <summary>Reading what an error record carries beside its message.</summary>
internal static class ErrorRecordExtensions
{
    /// <summary>The text of a note property; the test fails when the record has none of that name.</summary>
    public static string Property(this ErrorRecord error, string name)
    {
        var property = PSObject.AsPSObject(error).Properties[name];
        Assert.True(property is not null, $"The error record has no property {name}: {error}");
        return property.Value?.ToString() ?? "";
    }
}
