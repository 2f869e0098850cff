using System.Collections.Generic;
using System.Management.Automation;
using System.Reflection;
using Xunit.Sdk;

namespace SPE.Tests.Harness;

/// <summary>
/// Runs a theory in a FullLanguage and in a ConstrainedLanguage runspace, as the issue asks of every command.
/// </summary>
internal sealed class BothLanguagesAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        [[PSLanguageMode.FullLanguage], [PSLanguageMode.ConstrainedLanguage]];
}
