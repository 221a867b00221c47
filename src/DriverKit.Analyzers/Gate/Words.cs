using System;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Gate;

/// <summary>The words of a text, one after the other. Those in comments and strings count too: a word too many costs time, nothing else.</summary>
internal ref struct Words(ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private int _start;
    private int _end;
    private bool _followsStep;

    public uint Hash { get; private set; }

    public readonly ReadOnlySpan<char> Current => _text.Slice(_start, _end - _start);

    /// <summary>True when the word is assigned to; for the closing parenthesis of a tuple see <see cref="FollowsAssignedTuple"/>.</summary>
    public readonly bool IsAssigned => IsAssignment(SkipSpace(_end));

    /// <summary>True when the word is followed by an opening parenthesis.</summary>
    public readonly bool IsCalled => SkipSpace(_end) is var next && next < _text.Length && _text[next] == '(';

    /// <summary>True when the word may be counted up or down.</summary>
    public readonly bool IsStepped => _followsStep || IsStep(SkipSpace(_end));

    /// <summary>True when the word may be handed on by reference: <c>ref</c> or <c>out</c> is before it in its statement.</summary>
    public bool FollowsReference { get; private set; }

    /// <summary>True when a tuple has been assigned to between the last word and this one.</summary>
    public bool FollowsAssignedTuple { get; private set; }

    [MethodImpl(Jit.AtOnce)]
    public bool MoveNext()
    {
        FollowsAssignedTuple = false;
        FollowsReference |= Current is "ref" or "out";
        int i = _end;
        while (i < _text.Length && !IsLetter(_text[i]))
        {
            switch (_text[i])
            {
                case >= '0' and <= '9':
                    i = EndOfWord(i);
                    continue;
                case ')' when IsAssignment(SkipSpace(i + 1)):
                    FollowsAssignedTuple = true;
                    break;
                case '+' or '-' when IsStep(i):
                    _followsStep |= i > _end && _text[i - 1] != ']';
                    i++;
                    break;
                case '=':
                    _followsStep = false;
                    break;
                case ';' or '{' or '}':
                    _followsStep = false;
                    FollowsReference = false;
                    break;
            }

            i++;
        }

        _start = i;
        uint hash = 0;
        while (i < _text.Length && (IsLetter(_text[i]) || _text[i] is >= '0' and <= '9'))
            hash = NamePool.Hash(hash, _text[i++]);
        _end = i;
        Hash = hash;
        return _start < _end || FollowsAssignedTuple;
    }

    [MethodImpl(Jit.AtOnce)]
    private static bool IsLetter(char letter) => (uint)((letter | 0x20) - 'a') <= 'z' - 'a' || letter == '_' || letter > 127;

    private readonly int EndOfWord(int i)
    {
        while (i < _text.Length && (IsLetter(_text[i]) || _text[i] is >= '0' and <= '9'))
            i++;
        return i;
    }

    [MethodImpl(Jit.AtOnce)]
    private readonly int SkipSpace(int i)
    {
        while (i < _text.Length)
        {
            if (_text[i] is ' ' or '\r' or '\n' or '\t')
                i++;
            else if (_text[i] == '#' || (_text[i] == '/' && i + 1 < _text.Length && _text[i + 1] == '/'))
                i = EndOf("\n", i);
            else if (_text[i] == '/' && i + 1 < _text.Length && _text[i + 1] == '*')
                i = EndOf("*/", i + 2);
            else
                break;
        }

        return i;
    }

    private readonly int EndOf(string end, int i)
    {
        int found = i < _text.Length ? _text.Slice(i).IndexOf(end.AsSpan()) : -1;
        return found < 0 ? _text.Length : i + found + end.Length;
    }

    /// <summary>True at <c>=</c>, <c>+=</c>, <c>??=</c>, <c>&lt;&lt;=</c> and their kin, not at a comparison or an arrow.</summary>
    [MethodImpl(Jit.AtOnce)]
    private readonly bool IsAssignment(int i)
    {
        int start = i;
        while (i < _text.Length && _text[i] is ('+' or '-' or '*' or '/' or '%' or '&' or '|' or '^' or '?' or '<' or '>'))
            i++;
        if (i + 1 >= _text.Length || _text[i] != '=' || _text[i + 1] is '=' or '>')
            return false;
        return i - start != 1 || _text[start] is not ('<' or '>');
    }

    /// <summary>True at <c>++</c> and <c>--</c>.</summary>
    private readonly bool IsStep(int i) => i + 1 < _text.Length && _text[i] is '+' or '-' && _text[i + 1] == _text[i];
}
