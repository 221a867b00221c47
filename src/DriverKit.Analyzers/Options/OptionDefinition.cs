using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Options;

/// <summary>An option of the rules: its key in an analyzer config file and the values it may have.</summary>
/// <param name="key">The key.</param>
/// <param name="description">What it says, for the documentation.</param>
/// <param name="values">The values as they are written, the default first.</param>
internal sealed class OptionDefinition<T>(string key, string description, params (string Text, T Value)[] values) : IOptionDefinition
{
    /// <inheritdoc/>
    public string Key => key;

    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public IReadOnlyList<string> Values { get; } = values.Select(static value => value.Text).ToImmutableArray();

    /// <summary>The value in a file's options; the default when it is not set, or set to something else than one of its values.</summary>
    public T Read(AnalyzerConfigOptions options)
    {
        if (options.TryGetValue(key, out var text))
        {
            foreach (var value in values)
            {
                if (string.Equals(value.Text, text.Trim(), StringComparison.OrdinalIgnoreCase))
                    return value.Value;
            }
        }

        return values[0].Value;
    }
}

/// <summary>What the documentation says of an option.</summary>
internal interface IOptionDefinition
{
    /// <summary>Its key in an analyzer config file.</summary>
    string Key { get; }

    /// <summary>What it says.</summary>
    string Description { get; }

    /// <summary>The values as they are written, the default first.</summary>
    IReadOnlyList<string> Values { get; }
}
