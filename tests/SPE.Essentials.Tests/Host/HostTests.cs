using System;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace SPE.Essentials.Tests.Host;

/// <summary>The bundled engine as a program has the command line and the exit codes of pwsh (architecture 4).</summary>
public sealed class HostTests
{
    private const int Interrupt = 2;

    [Theory]
    [InlineData("1 + 1", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'x'", 1)]
    [InlineData("Write-Error x", 1)]
    [InlineData("/bin/false", 1)]
    [InlineData("/bin/false; 1", 0)]
    [InlineData("1 +", 1)]
    [InlineData("Write-Output a |", 1)]
    [InlineData("1 # a comment", 0)]
    [InlineData("begin { 1 } end { 2 }", 0)]
    public async Task ACommandAnswersWithItsExitCode(string command, int expected) =>
        Assert.Equal(expected, (await HostProgram.Run("-NoProfile", "-NonInteractive", "-Command", command)).ExitCode);

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'x'", 1)]
    [InlineData("/bin/false", 0)]
    [InlineData("Write-Error x", 0)]
    public async Task AFileAnswersWithItsExitStatement(string text, int expected)
    {
        using var folder = new ScriptFile(text);
        Assert.Equal(expected, (await HostProgram.Run("-NoProfile", "-File", folder.Path)).ExitCode);
    }

    [Fact]
    public async Task AFileTakesArguments()
    {
        using var file = new ScriptFile("param([string] $Name, [int] $Count, [switch] $Loud) \"$Name $Count $Loud\"");
        var result = await HostProgram.Run("-File", file.Path, "-Name", "it's $x", "-Count", "3", "-Loud");
        Assert.Equal("it's $x 3 True", result.Output.Trim());
    }

    [Fact]
    public async Task ScriptsAreReadFromStandardInputAndFromBase64()
    {
        Assert.Equal("2", (await HostProgram.Run("1 + 1", ["-Command", "-"])).Output.Trim());
        var encoded = Convert.ToBase64String(Encoding.Unicode.GetBytes("1 + 2"));
        Assert.Equal("3", (await HostProgram.Run("-EncodedCommand", encoded)).Output.Trim());
    }

    [Fact]
    public async Task SwitchesMayBeShortened() => Assert.Equal(
        "/",
        (await HostProgram.Run("-nop", "-noni", "-ep", "Bypass", "-wd", "/", "-c", "$pwd.Path")).Output.Trim());

    [Theory]
    [InlineData("-Nope")]
    [InlineData("-File")]
    [InlineData("-WorkingDirectory", "/no/such/folder", "-Command", "1")]
    [InlineData("/no/such/script.ps1")]
    public async Task AWrongCommandLineIsRefused(params string[] arguments)
    {
        var result = await HostProgram.Run(arguments);
        Assert.Equal(64, result.ExitCode);
        Assert.StartsWith("SPE.EngineHost: ", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnErrorShowsItsPlaceOnStandardError()
    {
        using var file = new ScriptFile("'before'\nGet-Item /no/such/item\n'after'");
        var result = await HostProgram.Run("-File", file.Path);
        Assert.Equal("before\nafter\n", result.Output);
        Assert.Contains($"Get-Item: {file.Path}:2", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Errors);
    }

    [Fact]
    public async Task ProgressStaysOutOfALog()
    {
        var result = await HostProgram.Run("-Command", "Write-Progress -Activity Work -Status step; 1");
        Assert.Equal(("1", ""), (result.Output.Trim(), result.Errors));
    }

    [Fact]
    public async Task TextIsUtf8() =>
        Assert.Equal("gr\u00fcn \u2713", (await HostProgram.Run("-Command", "\"gr\u00fcn \u2713\"")).Output.Trim());

    [Fact]
    public async Task AQuestionIsRefusedInsteadOfWaitingForAnAnswer()
    {
        var result = await HostProgram.Run("-NonInteractive", "-Command", "$Host.UI.ReadLine()");
        Assert.Contains("asks no questions", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CtrlCStopsTheScript() => Assert.Equal(
        130,
        (await HostProgram.Interrupt(Interrupt, "-Command", "'ready'; Start-Sleep -Seconds 3600")).ExitCode);

    [Fact]
    public async Task CtrlCRunsWhatTheScriptWantsRunLast()
    {
        var result = await HostProgram.Interrupt(
            Interrupt, "-Command", "'ready'; try { Start-Sleep -Seconds 3600 } finally { [Console]::WriteLine('last') }");
        Assert.Equal("last", result.Output.Trim());
    }

    private sealed class ScriptFile : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("spe-host-").FullName;

        public ScriptFile(string text)
        {
            Path = System.IO.Path.Combine(_folder, "script.ps1");
            File.WriteAllText(Path, text);
        }

        public string Path { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
