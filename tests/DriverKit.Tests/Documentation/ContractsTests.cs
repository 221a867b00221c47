using System.Reflection;
using DriverKit.Contracts;
using DriverKit.Headers;
using DriverKit.Primitives;

namespace DriverKit.Tests.Documentation;

/// <summary>The contract attributes are listed in docs/contracts.md, and what they say by name is there.</summary>
public sealed class ContractsTests
{
    private static readonly Assembly Kit = typeof(Kernel).Assembly;

    private static IEnumerable<MethodInfo> Functions => Kit.GetExportedTypes().Where(type => type.Namespace == "DriverKit.Headers")
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(method => !method.IsSpecialName);

    [Fact]
    public void Every_attribute_is_listed()
    {
        string page = File.ReadAllText(Path.Combine(LinuxNamesTests.RepositoryRoot(), "docs", "contracts.md"));
        IEnumerable<string> names = Kit.GetExportedTypes()
            .Where(type => type.IsSubclassOf(typeof(Attribute)) && type.Namespace is "DriverKit.Contracts" or "DriverKit.Primitives" && type != typeof(ModuleParamAttribute))
            .Select(type => type.Name[..^"Attribute".Length]);
        Assert.All(names, name => Assert.True(page.Contains($"[{name}") || page.Contains($"[return: {name}"), name));
    }

    [Fact]
    public void Names_of_parameters_are_those_of_the_method()
    {
        foreach (MethodInfo method in Functions)
        {
            string[] names = [.. method.GetParameters().Select(parameter => parameter.Name!)];
            foreach (ParameterInfo parameter in method.GetParameters().Append(method.ReturnParameter))
            {
                IEnumerable<string?> named =
                [
                    .. parameter.GetCustomAttributes<AllocatesWithAttribute>().Select(contract => contract.KeyParameter),
                    .. parameter.GetCustomAttributes<FreesWithAttribute>().Select(contract => contract.KeyParameter),
                    parameter.GetCustomAttribute<ReadsMemoryAttribute>()?.SizeParameter,
                    parameter.GetCustomAttribute<WritesMemoryAttribute>()?.SizeParameter,
                ];
                Assert.All(named.OfType<string>(), name => Assert.Contains(name, names));
            }

            if (method.GetCustomAttribute<UserAccessAttribute>()?.InatomicForm is { } form)
                Assert.Contains(method.DeclaringType!.GetMethods(), other => other.Name == form);
        }
    }

    /// <summary>What can be had can be given back, and the other way round.</summary>
    [Fact]
    public void Every_allocator_has_both_sides()
    {
        ParameterInfo[] places = [.. Functions.SelectMany(method => method.GetParameters().Append(method.ReturnParameter))];
        IEnumerable<Allocator> allocated = places.SelectMany(place => place.GetCustomAttributes<AllocatesWithAttribute>()).Select(contract => contract.Allocator);
        IEnumerable<Allocator> freed = places.SelectMany(place => place.GetCustomAttributes<FreesWithAttribute>()).Select(contract => contract.Allocator);
        Assert.Equal(Enum.GetValues<Allocator>(), allocated.Distinct().Order());
        Assert.Equal(Enum.GetValues<Allocator>(), freed.Distinct().Order());
    }

    /// <summary>Whoever is told by a result alone what it holds must look at it.</summary>
    [Fact]
    public void A_conditional_lock_is_must_check()
    {
        MethodInfo[] conditional = [.. Functions.Where(method => method.GetCustomAttributes<AcquiresAttribute>().Any(contract => contract.When != ResultMeaning.Always))];
        Assert.Contains(conditional, method => method.Name == nameof(LinuxSpinlock.SpinTrylock));
        Assert.All(conditional, method => Assert.NotNull(method.GetCustomAttribute<MustCheckAttribute>()));
    }

    /// <summary>[Pure] is a conditional attribute: without its symbol the compiler leaves it out.</summary>
    [Fact]
    public void Pure_is_kept_in_the_assembly() =>
        Assert.NotNull(typeof(AsmPgtable).GetMethod(nameof(AsmPgtable.PgprotNoncached))!.GetCustomAttribute<System.Diagnostics.Contracts.PureAttribute>());
}
