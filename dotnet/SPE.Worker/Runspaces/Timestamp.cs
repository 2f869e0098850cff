using System;
using System.Globalization;

namespace SPE.Worker.Runspaces;

/// <summary>Points in time as the protocol writes them: ISO 8601 in UTC with seven fractional digits.</summary>
internal static class Timestamp
{
    public static string Now() => DateTime.UtcNow.ToString("o", CultureInfo.InvariantCulture);
}
