using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DriverKit.Tests.Documentation;

/// <summary>docs/linux-names.md lists every kernel name with its C# name. It is made from the XML documentation; UPDATE_DOCS=1 rewrites it.</summary>
public sealed partial class LinuxNamesTests
{
    private static readonly Assembly Kit = typeof(Kernel).Assembly;

    [Fact]
    public void The_table_of_names_is_up_to_date()
    {
        string expected = Table(), path = Path.Combine(RepositoryRoot(), "docs", "linux-names.md");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }

        if (File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected)
            return;
        string right = Path.Combine(AppContext.BaseDirectory, "linux-names.md");
        File.WriteAllText(right, expected);
        Assert.Fail($"docs/linux-names.md is out of date. Run the tests with UPDATE_DOCS=1, or copy {right}.");
    }

    [Fact]
    public void Every_function_of_a_header_says_its_kernel_name()
    {
        Dictionary<string, string> docs = Summaries();
        Assert.Empty(Functions().Where(f => f.DeclaringType != typeof(DriverKit.Headers.CPointer)).Where(f => KernelName(docs, f).Length == 0).Select(f => $"{f.DeclaringType!.Name}.{f.Name}"));
    }

    [Theory]
    [InlineData("remap_pfn_range", "RemapPfnRange")]
    [InlineData("vm_area_struct", "VmAreaStruct")]
    [InlineData("KM_USER0", "KmType.User0")]
    [InlineData("GFP_KERNEL", "GfpFlags.Kernel")]
    [InlineData("vm_pgoff", "VmAreaStruct.VmPgoff")]
    [InlineData("struct file", "OpenFile")]
    public void Well_known_names_are_in_the_table(string kernelName, string name) =>
        Assert.Matches($@"\| `[^`]*{Regex.Escape(kernelName)}[^`]*` \| `[^`]*{Regex.Escape(name)}", Table());

    private static string Table()
    {
        Dictionary<string, string> docs = Summaries();
        var text = new StringBuilder("""
            # Linux names

            Every name of the kernel that DriverKit has, with its C# name. Made from the code; `UPDATE_DOCS=1 dotnet test tests/DriverKit.Tests` rewrites it.

            ## Headers

            | kernel | C# | header | using |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (Type header in Kit.GetExportedTypes().Where(t => t.Namespace == "DriverKit.Headers").OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            string file = Code().Match(docs.GetValueOrDefault("T:" + header.FullName, "")) is { Success: true } match && match.Groups[1].Value.EndsWith(".h", StringComparison.Ordinal) ? $"`{match.Groups[1].Value}`" : "";
            var rows = header.GetMembers(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(member => member is not MethodInfo { IsSpecialName: true })
                .Select(member => (Kernel: KernelName(docs, member), CSharp: member.Name))
                .Where(row => row.Kernel.Length > 0)
                .Distinct()
                .OrderBy(row => row.Kernel, StringComparer.Ordinal).ThenBy(row => row.CSharp, StringComparer.Ordinal);
            foreach ((string kernel, string name) in rows)
                text.Append($"| `{kernel}` | `{name}` | {file} | `{header.Name}` |\n");
        }

        text.Append("\n## Types, fields and flags\n\n| kernel | C# |\n|---|---|\n");
        foreach (Type type in Kit.GetExportedTypes().Where(t => t.Namespace != "DriverKit.Headers").OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            if (KernelName(docs, type) is { Length: > 0 } kernelType)
                text.Append($"| `{kernelType}` | `{type.Name}` |\n");
            if (type == typeof(Errno))
                continue;
            foreach (MemberInfo member in type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).OrderBy(m => m.MetadataToken))
            {
                if (member is not (PropertyInfo or FieldInfo) || KernelName(docs, member) is not { Length: > 0 } kernelMember)
                    continue;
                text.Append($"| `{kernelMember}` | `{type.Name}.{member.Name}` |\n");
            }
        }

        return text.ToString();
    }

    /// <summary>The name that the summary starts with, without the arguments: <c>&lt;c&gt;kmalloc(size, flags)&lt;/c&gt;: …</c>.</summary>
    private static string KernelName(Dictionary<string, string> docs, MemberInfo member)
    {
        string id = member switch
        {
            Type type => "T:" + type.FullName!.Replace('+', '.'),
            MethodInfo method => "M:" + method.DeclaringType!.FullName + "." + method.Name,
            PropertyInfo property => "P:" + property.DeclaringType!.FullName + "." + property.Name,
            FieldInfo field => "F:" + field.DeclaringType!.FullName + "." + field.Name,
            _ => "",
        };
        IEnumerable<string> summaries = docs.Where(pair => pair.Key == id || (member is MethodInfo && (pair.Key.StartsWith(id + "(", StringComparison.Ordinal) || pair.Key.StartsWith(id + "`", StringComparison.Ordinal)))).Select(pair => pair.Value);
        foreach (string summary in summaries.Order(StringComparer.Ordinal))
        {
            if (Code().Match(summary) is { Success: true } match && KernelIdentifier().IsMatch(match.Groups[1].Value))
                return Arguments().Replace(match.Groups[1].Value, "").Trim();
        }

        return "";
    }

    private static IEnumerable<MethodInfo> Functions() => Kit.GetExportedTypes().Where(t => t.Namespace == "DriverKit.Headers")
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => !method.IsSpecialName);

    /// <summary>The inner XML of every summary by documentation id.</summary>
    private static Dictionary<string, string> Summaries() =>
        XDocument.Load(Path.ChangeExtension(Kit.Location, ".xml")).Descendants("member")
            .Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => string.Concat(member.Element("summary")!.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting))).Trim());

    internal static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"^<c>(.*?)</c>", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(struct |enum )?[A-Za-z_][A-Za-z0-9_\->*]*( \+ 1)?(\(|$| \*|\[)")]
    private static partial Regex KernelIdentifier();

    [GeneratedRegex(@"\(.*$", RegexOptions.Singleline)]
    private static partial Regex Arguments();
}
