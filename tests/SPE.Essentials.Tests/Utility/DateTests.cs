using System;
using Xunit;

namespace SPE.Essentials.Tests.Utility;

public sealed class DateTests : IDisposable
{
    private readonly Script _script = new();

    [Theory]
    [InlineData("(Get-Date).GetType().Name", "DateTime")]
    [InlineData("Get-Date '2024-02-03 04:05:06' -Format 'yyyy-MM-dd HH:mm:ss'", "2024-02-03 04:05:06")]
    [InlineData("Get-Date -Date 2024-02-03 -Format FileDate", "20240203")]
    [InlineData("(Get-Date 2024-02-03 -Hour 7 -Minute 8).ToString('HHmm')", "0708")]
    [InlineData("(Get-Date -Year 2020 -Month 2 -Day 29).DayOfYear", "60")]
    [InlineData("(Get-Date -UnixTimeSeconds 0).ToUniversalTime().Year", "1970")]
    [InlineData("(Get-Date -AsUTC).Kind", "Utc")]
    [InlineData("Get-Date 2024-02-03 -UFormat '%Y/%m/%d %j'", "2024/02/03 034")]
    [InlineData("((Get-Date 2024-02-03) - (Get-Date 2024-02-01)).Days", "2")]
    [InlineData("([datetime]'2024-02-03' | Get-Date).Day", "3")]
    public void DatesAreReadAndWritten(string text, string expected) => Assert.Equal(expected, _script.Text(text));

    public void Dispose() => _script.Dispose();
}
