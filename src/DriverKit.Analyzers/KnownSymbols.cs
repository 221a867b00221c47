using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Options;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers;

/// <summary>DriverKit's own symbols in one compilation, each looked up when first asked for. Nothing else asks for a type by name.</summary>
internal sealed class KnownSymbols
{
    private const string Contracts = "DriverKit.Contracts.";
    private const string Primitives = "DriverKit.Primitives.";
    private const string HeadersNamespace = "DriverKit.Headers";

    private readonly ConcurrentDictionary<INamedTypeSymbol, string?> _addressKinds = new(SameObject.Instance);
    private readonly ConcurrentDictionary<INamedTypeSymbol, bool> _isHeader = new(SameObject.Instance);
    private readonly ConcurrentDictionary<IAssemblySymbol, bool> _knowing = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<ISymbol, MemberContract> _members = new(SameObject.Instance);
    private readonly Lazy<INamedTypeSymbol?> _trueInAtomicContext;
    private readonly Lazy<INamedTypeSymbol?> _addressKind;
    private readonly Lazy<INamedTypeSymbol?> _gfpFlags;
    private readonly Lazy<INamedTypeSymbol?> _kernelResult;
    private readonly Lazy<INamedTypeSymbol?> _errno;
    private readonly Lazy<INamedTypeSymbol?> _pfn;
    private readonly Lazy<ImmutableArray<(IPropertySymbol Operation, IMethodSymbol Form)>> _operations;
    private readonly Lazy<INamedTypeSymbol?> _area;
    private readonly Lazy<INamedTypeSymbol?> _areaOperations;
    private readonly Lazy<INamedTypeSymbol?> _nopageResult;
    private readonly Lazy<INamedTypeSymbol?> _page;
    private readonly Lazy<INamedTypeSymbol?> _protection;
    private readonly Lazy<IReadOnlyCollection<INamedTypeSymbol>> _headers;

    private KnownSymbols(Compilation compilation, LintOptions options, INamedTypeSymbol mightSleep)
    {
        Options = options;
        MightSleepAttribute = mightSleep;
        _trueInAtomicContext = Find(compilation, Contracts + "TrueInAtomicContextAttribute");
        _addressKind = Find(compilation, Primitives + "AddressKindAttribute");
        _gfpFlags = Find(compilation, Primitives + "GfpFlags");
        _kernelResult = Find(compilation, Primitives + "KernelResult");
        _errno = Find(compilation, Primitives + "Errno");
        _pfn = Find(compilation, Primitives + "Pfn");
        _area = Find(compilation, Contracts + "VmAreaStruct");
        _areaOperations = Find(compilation, Contracts + "VmOperationsStruct");
        _nopageResult = Find(compilation, Contracts + "NopageResult");
        _page = Find(compilation, "DriverKit.Memory.Physical.Page");
        _protection = Find(compilation, Primitives + "PageProtection");
        _operations = new(() => [.. new[] { Find(compilation, Contracts + "FileOperations").Value, _areaOperations.Value }.OfType<INamedTypeSymbol>()
            .SelectMany(static type => type.GetMembers()).OfType<IPropertySymbol>()
            .Where(static property => property.Type is INamedTypeSymbol { TypeKind: TypeKind.Delegate, Name: not "Action", DelegateInvokeMethod: not null })
            .Select(static property => (property, ((INamedTypeSymbol)property.Type).DelegateInvokeMethod!))]);
        _headers = new(() => HeadersOf(compilation));
    }

    /// <summary>The options that the project sets.</summary>
    public LintOptions Options { get; }

    /// <summary>An attribute that every DriverKit has; its assembly is the kit.</summary>
    public INamedTypeSymbol MightSleepAttribute { get; }

    /// <summary>The C# name of a kernel function, that is a function of a header; null for any other method.</summary>
    [MethodImpl(Jit.AtOnce)]
    public string? KernelFunction(IMethodSymbol method) =>
        method is { IsStatic: true, MethodKind: MethodKind.Ordinary, ContainingType: { } type } && (_isHeader.TryGetValue(type, out bool isHeader) ? isHeader : _isHeader.GetOrAdd(type, IsHeader)) ? method.Name : null;

    /// <summary>True for the kit, the compilation and the libraries that refer to the kit: nothing else can have contracts.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool KnowsDriverKit(IAssemblySymbol? assembly) => assembly is null || _knowing.GetOrAdd(assembly, assembly =>
        SymbolEqualityComparer.Default.Equals(assembly, MightSleepAttribute.ContainingAssembly)
        || assembly is ISourceAssemblySymbol
        || assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == MightSleepAttribute.ContainingAssembly.Name)));

    /// <summary>How what is put into a property, a field or a parameter is called by the kernel; of a method, how those that override it are. Null when the kernel doesn't call it.</summary>
    public SlotContract? SlotOf(ISymbol slot) => MemberOf(slot).Slot;

    /// <summary>The operation on files or areas whose form the method has to the last parameter; null when it has none's.</summary>
    [MethodImpl(Jit.AtOnce)]
    public IPropertySymbol? OperationInFormOf(IMethodSymbol method)
    {
        foreach (var (operation, form) in _operations.Value)
        {
            if (form.Parameters.Length == method.Parameters.Length && SymbolEqualityComparer.Default.Equals(form.ReturnType, method.ReturnType)
                && form.Parameters.Zip(method.Parameters, static (left, right) => left.RefKind == right.RefKind && SymbolEqualityComparer.Default.Equals(left.Type, right.Type)).All(static same => same))
                return operation;
        }

        return null;
    }

    /// <summary>What the number in a property, a field or a parameter counts.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Unit UnitOf(ISymbol member) => MemberOf(member).Unit;

    /// <summary>The contracts on a property, a field or a parameter.</summary>
    public ImmutableArray<ContractAttribute> ContractsOf(ISymbol member) => MemberOf(member).Contracts;

    /// <summary>The names of all members of the header classes: a method that uses none of them, directly or through other methods, has
    /// nothing for the flow rules.</summary>
    public IEnumerable<string> HeaderNames => _headers.Value.SelectMany(static type => type.MemberNames);

    /// <summary>The kit's public types that are no header.</summary>
    public IEnumerable<INamedTypeSymbol> Types => TypesIn(MightSleepAttribute.ContainingAssembly.GlobalNamespace).Where(type => !_isHeader.GetOrAdd(type, IsHeader));

    /// <summary>The kernel functions.</summary>
    public IEnumerable<IMethodSymbol> HeaderMethods => _headers.Value.SelectMany(static type => type.GetMembers()).OfType<IMethodSymbol>();

    /// <summary>True for <c>in_atomic()</c> and what a driver has marked like it.</summary>
    public bool IsTrueInAtomicContext(IMethodSymbol method) =>
        _trueInAtomicContext.Value is { } attribute && method.GetAttributes().Any(data => SymbolEqualityComparer.Default.Equals(data.AttributeClass, attribute));

    /// <summary>The compilation's symbols; null when it knows nothing of DriverKit.</summary>
    public static KnownSymbols? For(Compilation compilation, LintOptions options) =>
        compilation.GetTypeByMetadataName(Contracts + "MightSleepAttribute") is { } mightSleep ? new(compilation, options, mightSleep) : null;

    /// <summary>The kind in words when the type is an address, else null. A nullable address is an address.</summary>
    [MethodImpl(Jit.AtOnce)]
    public string? AddressKindOf(ITypeSymbol? type)
    {
        if (type is null or { SpecialType: not SpecialType.None })
            return null;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return type is INamedTypeSymbol { TypeKind: TypeKind.Struct } named ? _addressKinds.TryGetValue(named, out string? known) ? known : _addressKinds.GetOrAdd(named, ReadAddressKind) : null;
    }

    public bool IsKernelResult(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _kernelResult.Value);

    public bool IsErrno(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _errno.Value);

    /// <summary>True for <c>Pfn</c>.</summary>
    public bool IsFrameNumber(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _pfn.Value);

    /// <summary>True for <c>VmAreaStruct</c>.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsArea(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _area.Value);

    /// <summary>True for <c>VmOperationsStruct</c>.</summary>
    public bool IsAreaOperations(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _areaOperations.Value);

    /// <summary>True for <c>NopageResult</c>.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsNopageResult(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _nopageResult.Value);

    /// <summary>True for <c>Page</c>.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsPage(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _page.Value);

    /// <summary>True for <c>PageProtection</c>.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsProtection(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _protection.Value);

    /// <summary>True for a type whose values must be told apart where paths meet.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool IsAlwaysTold(ITypeSymbol? type) =>
        type is { SpecialType: SpecialType.None, TypeKind: TypeKind.Enum or TypeKind.Struct or TypeKind.Class } && IsToldByName(type);

    private bool IsToldByName(ITypeSymbol type) => IsGfpFlags(type) || IsProtection(type) || IsNopageResult(type);

    [MethodImpl(Jit.AtOnce)]
    public bool IsGfpFlags(ITypeSymbol? type) => type is not null && SymbolEqualityComparer.Default.Equals(type, _gfpFlags.Value);

    private bool IsHeader(INamedTypeSymbol type) =>
        type.ContainingNamespace is { Name: "Headers", ContainingNamespace: { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true } }
        && SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, MightSleepAttribute.ContainingAssembly);

    [MethodImpl(Jit.AtOnce)]
    private MemberContract MemberOf(ISymbol member) => _members.TryGetValue(member, out var known) ? known : _members.GetOrAdd(member, ReadMember(member.OriginalDefinition));

    private MemberContract ReadMember(ISymbol member)
    {
        if (!KnowsDriverKit(member.ContainingAssembly))
            return MemberContract.Nothing;
        var contracts = ContractAttribute.Read(member.GetAttributes());
        var slot = ReadSlot(contracts);
        var type = member switch
        {
            IPropertySymbol property => property.Type,
            IFieldSymbol field => field.Type,
            IParameterSymbol parameter => parameter.Type,
            _ => null,
        };
        if (slot is null && type is INamedTypeSymbol { TypeKind: TypeKind.Delegate } @delegate)
            slot = ReadSlot(ContractAttribute.Read(@delegate.OriginalDefinition.GetAttributes()));
        return new(contracts, slot, Contract.UnitOf(contracts));
    }

    private static SlotContract? ReadSlot(ImmutableArray<ContractAttribute> contracts)
    {
        string? context = Contract.FindIn(contracts, "CalledIn")?.Argument;
        bool isAtomic = Contract.FindIn(contracts, "AtomicContext") is not null;
        return context is null && !isAtomic ? null : new(context, isAtomic);
    }

    private static IEnumerable<INamedTypeSymbol> TypesIn(INamespaceSymbol space) =>
        space.GetTypeMembers().Where(static type => type.DeclaredAccessibility == Accessibility.Public).Concat(space.GetNamespaceMembers().SelectMany(TypesIn));

    private string? ReadAddressKind(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, _addressKind.Value))
                return attribute.ConstructorArguments.FirstOrDefault().Value as string ?? type.Name;
        }

        return null;
    }

    private static Lazy<INamedTypeSymbol?> Find(Compilation compilation, string name) => new(() => compilation.GetTypeByMetadataName(name));

    [MethodImpl(Jit.AtOnce)]
    private static IReadOnlyCollection<INamedTypeSymbol> HeadersOf(Compilation compilation)
    {
        INamespaceOrTypeSymbol? headers = compilation.GlobalNamespace;
        foreach (var part in HeadersNamespace.Split('.'))
            headers = headers?.GetMembers(part).OfType<INamespaceSymbol>().FirstOrDefault();
        return headers is null ? [] : [.. headers.GetTypeMembers()];
    }

    private sealed record MemberContract(ImmutableArray<ContractAttribute> Contracts, SlotContract? Slot, Unit Unit)
    {
        public static MemberContract Nothing { get; } = new([], null, Unit.None);
    }
}
