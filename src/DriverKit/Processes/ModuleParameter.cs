using System.Reflection;
using System.Text;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary><c>struct kernel_param</c>: one parameter of a module.</summary>
/// <remarks>Source: kernel/params.c of Linux 2.6.20.</remarks>
internal sealed class ModuleParameter
{
    private const BindingFlags Members = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private readonly KernelModule _module;
    private readonly MemberInfo _member;
    private readonly FieldInfo? _num;
    private readonly Type _type;
    private readonly IKernelLog _log;

    private ModuleParameter(KernelModule module, MemberInfo member, ModuleParamAttribute attribute, IKernelLog log)
    {
        _module = module;
        _member = member;
        _log = log;
        Name = attribute.Name ?? KernelName(member.Name);
        Perm = attribute.Perm;
        _type = member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;
        if (!ParameterType.IsKnown(_type.IsSZArray ? _type.GetElementType()! : _type))
            throw new KernelOopsException($"module_param({Name}): {_type.Name} is no type of parameters");
        if (member is FieldInfo { IsInitOnly: true } or FieldInfo { IsLiteral: true } or PropertyInfo { CanWrite: false } or PropertyInfo { CanRead: false })
            throw new KernelOopsException($"module_param({Name}): {member.Name} cannot be set");
        if (attribute.Num is not { } num)
            return;
        _num = member.DeclaringType!.GetField(num, Members);
        if (_num?.FieldType != typeof(int) || !_type.IsSZArray)
            throw new KernelOopsException($"module_param_array({Name}): {num} is no int field beside an array");
    }

    public string Name { get; }

    /// <summary>Who may do what with it in /sys; 0: it is not there.</summary>
    public UnixFileMode Perm { get; }

    /// <summary>The parameters that a module declares, those of base classes first.</summary>
    public static ModuleParameter[] Of(KernelModule module, IKernelLog log)
    {
        var parameters = new List<ModuleParameter>();
        for (Type? type = module.GetType(); type is not null && type != typeof(KernelModule); type = type.BaseType)
        {
            parameters.InsertRange(0, from member in type.GetMembers(Members)
                                      let attribute = member.GetCustomAttribute<ModuleParamAttribute>()
                                      where attribute is not null
                                      select new ModuleParameter(module, member, attribute, log));
        }

        return [.. parameters];
    }

    /// <summary><c>parameq</c>: a dash is as good as an underscore.</summary>
    public bool IsNamed(string name) => name.Replace('-', '_') == Name.Replace('-', '_');

    /// <summary><c>set</c>.</summary>
    /// <param name="text">The value; null when there was no equals sign.</param>
    /// <returns>0, -EINVAL, -ENOSPC.</returns>
    public KernelResult Set(string? text)
    {
        if (_type.IsSZArray)
            return SetArray(text);
        KernelResult result = ParameterType.Parse(_type, text, out object? value);
        if (result.IsSuccess)
            SetValue(value);
        else if (_type == typeof(string))
            _log.Write(LogLevel.Error, $"{Name}: string parameter {(text is null ? "expected" : "too long")}");
        return result;
    }

    /// <summary><c>get</c>.</summary>
    public string Get()
    {
        object? value = Value;
        if (value is not Array array)
            return ParameterType.Format(value);
        int count = _num?.GetValue(_num.IsStatic ? null : _module) is int given ? given : array.Length;
        return string.Join(',', Enumerable.Range(0, Math.Clamp(count, 0, array.Length)).Select(i => ParameterType.Format(array.GetValue(i))));
    }

    /// <summary>C# names as C has them: <c>ScullNrDevs</c> and <c>_scullNrDevs</c> are <c>scull_nr_devs</c>.</summary>
    private static string KernelName(string name)
    {
        var text = new StringBuilder();
        name = name.TrimStart('_');
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && name[i - 1] != '_')
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private object? Value => _member is FieldInfo field ? field.GetValue(field.IsStatic ? null : _module) : ((PropertyInfo)_member).GetValue(_module);

    private void SetValue(object? value)
    {
        if (_member is FieldInfo field)
            field.SetValue(field.IsStatic ? null : _module, value);
        else
            ((PropertyInfo)_member).SetValue(_module, value);
    }

    /// <summary><c>param_array</c>: values between commas; those before a bad one are set.</summary>
    private KernelResult SetArray(string? text)
    {
        if (text is null)
        {
            _log.Write(LogLevel.Error, $"{Name}: expects arguments");
            return -Errno.EINVAL;
        }

        var array = (Array?)Value ?? Array.CreateInstance(_type.GetElementType()!, 0);
        int count = 0;
        foreach (string element in text.Split(','))
        {
            if (count == array.Length)
            {
                _log.Write(LogLevel.Error, $"{Name}: can only take {array.Length} arguments");
                return -Errno.EINVAL;
            }

            if (ParameterType.Parse(_type.GetElementType()!, element, out object? value) is { IsError: true } error)
                return error;
            array.SetValue(value, count++);
            _num?.SetValue(_num.IsStatic ? null : _module, count);
        }

        return 0;
    }
}
