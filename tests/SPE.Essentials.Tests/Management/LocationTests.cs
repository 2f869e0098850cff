using System;
using Xunit;

namespace SPE.Essentials.Tests.Management;

public sealed class LocationTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("Set-Location /; (Get-Location).Path", "/")]
    [InlineData("cd /; pwd | ForEach-Object Path", "/")]
    [InlineData("(Set-Location / -PassThru).Path", "/")]
    [InlineData("'/' | Set-Location; $pwd.Path", "/")]
    [InlineData("Set-Location env:; (Get-Location).Provider.Name", "Environment")]
    public void TheLocationIsSetAndRead(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    [Fact]
    public void ALocationThatIsMissingIsAnError() => Assert.Equal(
        "PathNotFound,Microsoft.PowerShell.Commands.SetLocationCommand",
        _script.Error("Set-Location nope").FullyQualifiedErrorId);

    public void Dispose() => _script.Dispose();
}
