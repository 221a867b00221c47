using System.Text;
using DriverKit.Analyzers.Tests.Verifier;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>The global configs that <c>DriverKitAnalysis</c> chooses from. <c>default</c> is none: severities that a config spells out would
/// win over a project's switches for whole categories.</summary>
internal static class Preset
{
    /// <summary>Where a preset is kept, from the repository's folder.</summary>
    public static string FileOf(string name) => Path.Combine("src", "DriverKit", "presets", $"DriverKit.{name}.globalconfig");

    /// <summary>What the preset says, made from the rules.</summary>
    public static string TextOf(string name)
    {
        string what = name == "off" ? "Every rule is off." : "Every warning is an error, every suggestion a warning.";
        var text = new StringBuilder($"# {what} Chosen by <DriverKitAnalysis>{name}</DriverKitAnalysis>.\n# The level is below that of a project's own files, so that those win.\nis_global = true\nglobal_level = -100\n");
        foreach (var rule in AllAnalyzers.Rules)
        {
            string severity = name == "off" ? "none" : rule.DefaultSeverity == DiagnosticSeverity.Info ? "warning" : "error";
            text.Append($"\n# {rule.Title}\ndotnet_diagnostic.{rule.Id}.severity = {severity}\n");
        }

        return text.ToString();
    }
}
