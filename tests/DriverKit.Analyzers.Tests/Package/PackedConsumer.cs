using System.Diagnostics;
using DriverKit.Analyzers.Tests.Engine;

namespace DriverKit.Analyzers.Tests.Package;

/// <summary>The package as it is published, and a driver's project in an empty folder that has nothing but it. The package is made of what
/// the tests were built from and lies with all that is built here in a folder of its own, so that other builds are not disturbed.</summary>
public sealed class PackedConsumer : IAsyncLifetime
{
    /// <summary>Clipboard.cs, the driver: it breaks DK1002.</summary>
    public const string Driver = """
        public static class Clipboard
        {
            public static void Clear(Page page)
            {
                var mapped = KmapAtomic(page, KmType.User0);
                Msleep(10);
                KunmapAtomic(mapped, KmType.User0);
            }
        }
        """;

    private const string Version = "0.0.0-test";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _folder = Directory.CreateTempSubdirectory("driverkit-package").FullName;

    /// <summary>The package file.</summary>
    public string Package => Path.Combine(_folder, "feed", $"DriverKit.{Version}.nupkg");

    /// <summary>The project's folder.</summary>
    public string Project => Path.Combine(_folder, "driver");

    public async Task InitializeAsync()
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var (code, output) = await DotnetAsync(
            TestSources.Repository, "pack", "src/DriverKit", "--no-build", "-c", configuration, "-o", Path.Combine(_folder, "feed"),
            $"-p:PackageVersion={Version}", "-p:BuildProjectReferences=false", $"-p:NuspecOutputPath={_folder}/nuspec/");
        Assert.True(code == 0, output);
        Directory.CreateDirectory(Project);
        await File.WriteAllTextAsync(Path.Combine(Project, "Driver.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <DriverKitImplicitUsings>enable</DriverKitImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="DriverKit" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(Project, "nuget.config"), """
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="../packages" />
              </config>
              <packageSources>
                <clear />
                <add key="feed" value="../feed" />
              </packageSources>
            </configuration>
            """);
        await File.WriteAllTextAsync(Path.Combine(Project, "Clipboard.cs"), Driver);

        (code, output) = await DotnetAsync(Project, "restore");
        Assert.True(code == 0, output);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Compiles the driver anew.</summary>
    /// <param name="properties"><c>Name=value</c>.</param>
    /// <returns>The exit code, and what the build printed.</returns>
    public Task<(int Code, string Output)> BuildAsync(params string[] properties) =>
        DotnetAsync(Project, ["build", "--no-restore", "--no-incremental", "-p:UseSharedCompilation=false", .. properties.Select(static property => $"-p:{property}")]);

    private static async Task<(int Code, string Output)> DotnetAsync(string folder, params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [.. arguments, "-nodeReuse:false", "--nologo"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
