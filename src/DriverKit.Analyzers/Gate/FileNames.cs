using System;
using System.Collections.Generic;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Gate;

/// <summary>What the names in one file tell: its members, and which words the text of each has. Made once per file, so an edit leaves the other files' as they are.</summary>
internal sealed class FileNames(Member[] members, int[] words)
{
    private const int AssignedFlag = 1 << 30;
    private const int TakenApartFlag = 1 << 29;
    private const int CalledFlag = 1 << 28;
    private const int MentionedFlag = 1 << 27;
    private const int SteppedFlag = 1 << 26;
    private const int ReferencedFlag = 1 << 25;

    /// <summary>The members, by where they start.</summary>
    public Member[] Members => members;

    /// <summary>The words of a member, each once, with what is done to it.</summary>
    public ReadOnlySpan<int> WordsOf(in Member member) => words.AsSpan(member.FirstWord, member.WordCount);

    public static int WordOf(int use) => use & (ReferencedFlag - 1);

    public static bool IsAssigned(int use) => (use & AssignedFlag) != 0;

    /// <summary>True when the member may put something into what has the name: it assigns it or counts it up or down.</summary>
    public bool Stores(in Member member, int word) => (UseOf(member, word) & (AssignedFlag | SteppedFlag)) != 0;

    /// <summary>True when the member may hand on a reference to what has the name.</summary>
    public bool Refers(in Member member, int word) => (UseOf(member, word) & ReferencedFlag) != 0;

    /// <summary>True when the member has the word somewhere where no parenthesis follows it.</summary>
    public bool Mentions(in Member member, int word) => (UseOf(member, word) & MentionedFlag) != 0;

    /// <summary>True when the member calls something of that name, or declares it.</summary>
    public bool Calls(in Member member, int word) => (UseOf(member, word) & CalledFlag) != 0;

    /// <summary>The word with what the member does to it; zero when it has not got it.</summary>
    private int UseOf(in Member member, int word)
    {
        foreach (int use in WordsOf(member))
        {
            if (WordOf(use) == word)
                return use;
        }

        return 0;
    }

    /// <summary>True when an address type's name stands before a parenthesis: in a pattern it takes an address apart.</summary>
    public static bool IsTakenApart(int use) => (use & TakenApartFlag) != 0;

    /// <summary>The index of the member that starts at a place, or -1.</summary>
    public int Find(int start)
    {
        int low = 0, high = members.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int found = members[middle].Span.Start;
            if (found == start)
                return middle;
            if (found < start)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }

    /// <summary>Reads the members' texts.</summary>
    internal sealed class Reader
    {
        private readonly NamePool _pool;
        private readonly int _new;
        private readonly HashSet<int> _addressTypes = [];
        private readonly List<int> _words = [];

        /// <summary>Where in <see cref="_words"/> the member at hand has the word, by its number; what is from an earlier member is before the member's first.</summary>
        private int[] _places = new int[1024];

        public Reader(NamePool pool)
        {
            _pool = pool;
            _new = pool.Add("new");
            foreach (string type in Seeds.AddressTypes)
                _addressTypes.Add(pool.Add(type));
        }

        public FileNames Read(Member[] members, ReadOnlySpan<char> text)
        {
            _words.Clear();
            Array.Clear(_places, 0, _places.Length);
            for (int i = 0; i < members.Length; i++)
            {
                int first = _words.Count;
                Read(text.Slice(members[i].Span.Start, members[i].Span.Length), first);
                members[i] = members[i] with { FirstWord = first, WordCount = _words.Count - first };
            }

            return new(members, [.. _words]);
        }

        private void Read(ReadOnlySpan<char> text, int first)
        {
            bool assignsTuple = false;
            int before = -1;
            var words = new Words(text);
            while (words.MoveNext())
            {
                assignsTuple |= words.FollowsAssignedTuple;
                if (words.Current.IsEmpty)
                    continue;
                int word = _pool.Add(words.Current, words.Hash);
                int flags = words.IsAssigned ? AssignedFlag : words.IsStepped ? SteppedFlag : 0;
                if (words.FollowsReference)
                    flags |= ReferencedFlag;
                if (words.IsCalled)
                    flags |= before != _new && _addressTypes.Contains(word) ? TakenApartFlag | CalledFlag : CalledFlag;
                else
                    flags |= MentionedFlag;
                Use(word, flags, first);
                before = word;
            }

            // A tuple's parts cannot be told from other words: all that can be assigned may have been.
            for (int i = first; assignsTuple && i < _words.Count; i++)
                _words[i] |= AssignedFlag;
        }

        private void Use(int word, int flags, int first)
        {
            if (word >= _places.Length)
                Array.Resize(ref _places, Math.Max(word + 1, _places.Length * 2));
            int place = _places[word] - 1;
            if (place >= first)
            {
                _words[place] |= flags;
                return;
            }

            _words.Add(word | flags);
            _places[word] = _words.Count;
        }
    }
}

/// <summary>One member of one file: where its text is and under which names other code uses it.</summary>
/// <param name="Span">Its text.</param>
/// <param name="Names">The numbers of its names; a member that is used without a name has its type's.</param>
/// <param name="IsPrivate">True when only its own file can use it.</param>
/// <param name="Holds">What a value put into it brings to those who read it.</param>
internal readonly record struct Member(TextSpan Span, int[] Names, bool IsPrivate, Reach Holds)
{
    public int FirstWord { get; init; }

    public int WordCount { get; init; }
}
