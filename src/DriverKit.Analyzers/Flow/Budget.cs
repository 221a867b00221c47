namespace DriverKit.Analyzers.Flow;

/// <summary>How much work one method may cost. Past a limit the method counts as harmless: nothing is reported that is not certain.</summary>
internal static class Budget
{
    /// <summary>Basic blocks of one flow graph.</summary>
    public const int MaxBlocks = 2000;

    /// <summary>States taken through a block, over the whole run of a method.</summary>
    public const int MaxSteps = 6000;

    /// <summary>States kept apart at one block, before those with the same holds are joined.</summary>
    public const int MaxStatesPerBlock = 16;

    /// <summary>The same where a loop begins: what its rounds leave behind, each in its own way, must not add up.</summary>
    public const int MaxStatesPerLoop = 6;

    /// <summary>Ways that the calls of one statement may fork.</summary>
    public const int MaxForksPerStatement = 16;

    /// <summary>Outcomes of a method that callers tell apart.</summary>
    public const int MaxCases = 8;

    /// <summary>Effects of one sort of a method that callers hear of.</summary>
    public const int MaxEffects = 16;

    /// <summary>Effects with their places that entries look at.</summary>
    public const int MaxRaised = 256;

    /// <summary>Locks, counts and slots held at once that are told apart.</summary>
    public const int MaxHolds = 16;

    /// <summary>Paths out of a body that are compared.</summary>
    public const int MaxExits = 128;

    /// <summary>Calls followed into each other.</summary>
    public const int MaxCallDepth = 32;

    /// <summary>Rounds until a recursive method's summary must have settled.</summary>
    public const int MaxRecursionRounds = 4;

    /// <summary>Runs of one method, each leaving out one more loop that takes or releases something per round.</summary>
    public const int MaxRestarts = 6;

    /// <summary>How deep a symbolic value nests before it becomes an unknown.</summary>
    public const int MaxSymbolDepth = 6;

    /// <summary>How deep a condition nests that callers hear of.</summary>
    public const int MaxFactDepth = 4;

    /// <summary>Names shown of a chain of calls.</summary>
    public const int MaxChain = 8;
}
