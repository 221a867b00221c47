using System.Reflection;
using System.Reflection.Emit;

namespace DriverKit.Tests.Layers;

/// <summary>A room of the kernel model uses only itself and the rooms below it: types of members, attributes, and every token in a method body.</summary>
public sealed class LayerTests
{
    /// <summary>From the ground up, as docs and folders name them. A longer name goes before the one it starts with.</summary>
    private static readonly string[] Rooms =
    [
        "DriverKit.Primitives", "DriverKit.Hardware", "DriverKit.Memory.Physical", "DriverKit.Contracts", "DriverKit.Memory.Kernel", "DriverKit.Memory.Cache", "DriverKit.Memory.Virtual", "DriverKit.Memory.Reclaim",
        "DriverKit.Scheduling", "DriverKit.Locking", "DriverKit.Interrupts", "DriverKit.Io", "DriverKit.Vfs", "DriverKit.CharDevices", "DriverKit.Processes", "DriverKit.Diagnostics", "DriverKit", "DriverKit.Headers", "DriverKit.Exploration",
    ];

    private static readonly Assembly Kit = typeof(Kernel).Assembly;

    [Fact]
    public void No_room_uses_a_room_above_it()
    {
        var upward = new SortedSet<string>(StringComparer.Ordinal);
        int edges = 0;
        foreach (Type type in Kit.GetTypes())
        {
            if (FloorOf(type) is not { } floor)
                continue;
            foreach (Type used in UsedBy(type).SelectMany(Parts))
            {
                if (used.Assembly != Kit || FloorOf(used) is not { } usedFloor)
                    continue;
                edges++;
                if (usedFloor > floor)
                    upward.Add($"{type} uses {used}");
            }
        }

        Assert.Empty(upward);
        Assert.InRange(edges, 2000, int.MaxValue);
    }

    [Fact]
    public void Every_type_lives_in_a_room()
    {
        Assert.Empty(Kit.GetTypes().Where(type => type.Namespace?.StartsWith("DriverKit", StringComparison.Ordinal) == true && FloorOf(type) is null).Select(type => type.FullName));
        Assert.Equal(Rooms.Order(), Kit.GetTypes().Select(type => type.Namespace).Where(Rooms.Contains).Distinct().Order());
    }

    [Fact]
    public void The_reader_of_method_bodies_sees_calls_fields_types_and_generic_arguments()
    {
        Type[] seen = [.. UsedBy(typeof(Sample)).SelectMany(Parts).Distinct()];
        foreach (Type expected in new[] { typeof(BuddyAllocator), typeof(Tlb), typeof(ResourceTree), typeof(KmemCache), typeof(SignalException), typeof(Resource) })
            Assert.Contains(expected, seen);
    }

    private static int? FloorOf(Type type) => Array.IndexOf(Rooms, type.Namespace) is >= 0 and var floor ? floor : null;

    private static IEnumerable<Type> UsedBy(Type type)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<Type> used = type.GetInterfaces().Append(type.BaseType ?? typeof(object)).Concat(Attributes(type));
        foreach (FieldInfo field in type.GetFields(All))
            used = used.Append(field.FieldType).Concat(Attributes(field));
        foreach (PropertyInfo property in type.GetProperties(All))
            used = used.Concat(Attributes(property));
        foreach (MethodBase method in type.GetMembers(All).OfType<MethodBase>())
        {
            used = used.Concat(method.GetParameters().SelectMany(p => Attributes(p).Append(p.ParameterType))).Concat(Attributes(method));
            if (method is MethodInfo { ReturnParameter: var result })
                used = used.Append(result.ParameterType).Concat(Attributes(result));
            if (method.GetMethodBody() is { } body)
                used = used.Concat(body.LocalVariables.Select(local => local.LocalType)).Concat(body.ExceptionHandlingClauses.Where(c => c.Flags == ExceptionHandlingClauseOptions.Clause).Select(c => c.CatchType!)).Concat(Tokens(method, body));
        }

        return used;
    }

    private static IEnumerable<Type> Attributes(ICustomAttributeProvider provider) => provider switch
    {
        MemberInfo member => member.GetCustomAttributesData().SelectMany(Named),
        ParameterInfo parameter => parameter.GetCustomAttributesData().SelectMany(Named),
        _ => [],
    };

    private static IEnumerable<Type> Named(CustomAttributeData data) =>
        data.ConstructorArguments.Select(a => a.Value).Concat(data.NamedArguments.Select(a => a.TypedValue.Value)).OfType<Type>().Append(data.AttributeType);

    /// <summary>A type with what it is made of: element, generic arguments, declaring type.</summary>
    private static IEnumerable<Type> Parts(Type type)
    {
        if (type.HasElementType)
            return Parts(type.GetElementType()!);
        if (type.IsGenericParameter)
            return [];
        return type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type.GetGenericTypeDefinition()) : [type];
    }

    private static IEnumerable<Type> Tokens(MethodBase method, MethodBody body)
    {
        byte[] il = body.GetILAsByteArray()!;
        Type[] typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < il.Length;)
        {
            OpCode code = il[at] == 0xFE ? TwoByte[il[at + 1]] : OneByte[il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                MemberInfo member = method.Module.ResolveMember(BitConverter.ToInt32(il, at), typeArguments, methodArguments)!;
                if (member is Type type)
                    yield return type;
                else if (member.DeclaringType is { } declaring)
                    yield return declaring;
                if (member is MethodInfo { IsGenericMethod: true } generic)
                {
                    foreach (Type argument in generic.GetGenericArguments())
                        yield return argument;
                }
            }

            at += OperandSize(code, il, at);
        }
    }

    private static int OperandSize(OpCode code, byte[] il, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(il, at),
        _ => 4,
    };

    private static readonly Dictionary<int, OpCode> OneByte = OpCodesOf(1);
    private static readonly Dictionary<int, OpCode> TwoByte = OpCodesOf(2);

    private static Dictionary<int, OpCode> OpCodesOf(int size) => typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .Where(code => code.Size == size && code.OpCodeType != OpCodeType.Nternal)
        .ToDictionary(code => code.Value & 0xFF);

    /// <summary>Uses each room in another way.</summary>
    private static class Sample
    {
        public static object Body(object argument)
        {
            try
            {
                var list = new List<KmemCache>();
                return argument is BuddyAllocator ? typeof(ResourceTree) : Array.Empty<Tlb>().Length + list.Count;
            }
            catch (SignalException)
            {
                return Local(null);
            }

            static object Local(Resource? resource) => resource ?? argumentless();

            static object argumentless() => 0;
        }
    }
}
