namespace SPE.Worker.Tests.Harness;

/// <summary>CLIXML as callers send it.</summary>
internal static class CliXml
{
    public static string Of(string objects) =>
        $"<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">{objects}</Objs>";

    /// <summary>A hashtable of one string.</summary>
    public static string Table(string key, string value) => Of(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Collections.Hashtable</T><T>System.Object</T></TN>"
        + $"<DCT><En><S N=\"Key\">{key}</S><S N=\"Value\">{value}</S></En></DCT></Obj>");
}
