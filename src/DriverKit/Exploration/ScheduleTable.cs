using System.Text;
using DriverKit.Headers;
using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>A run step by step, as text: a column for each task and one for interrupts. An operation stands where it was done, not where its task first stopped before it.</summary>
internal sealed class ScheduleTable : IScheduleTracer
{
    private const string InterruptColumn = "interrupts";
    private const string GoesOn = "- " + SharedObject.GoesOn;
    private const int GutterWidth = 10;
    private const int Width = 100;
    private const int MinColumnWidth = 12;
    private const int MaxColumnWidth = 40;

    /// <summary>A stretch of one task that is longer is folded to its beginning and its end.</summary>
    private const int MaxStretch = 8;
    private const int KeptAtStart = 2;
    private const int KeptAtEnd = 4;

    private readonly List<Row> _rows = [];
    private readonly List<string> _columns = [];
    private readonly Dictionary<int, Row> _pending = [];
    private readonly ObjectNames _names = new();

    /// <summary>Of the machine that runs.</summary>
    public Scheduler? Scheduler { get; set; }

    public void Step(TaskStruct task, int cpu, string operation, object? on, ulong now)
    {
        bool inInterrupt = Arrive(task, cpu);
        string text = operation == SharedObject.GoesOn ? GoesOn : $"{operation}({_names.Of(on)})";
        _pending[inInterrupt ? ~cpu : task.Pid] = new(inInterrupt ? InterruptColumn : task.ToString(), cpu, text);
    }

    public void Note(TaskStruct task, int cpu, string what, object? on, ulong now)
    {
        if (what is "interrupt" or "timer")
        {
            Flush(~cpu);
            Add(new(InterruptColumn, cpu, on is null ? what : $"{what} {on}"));
            return;
        }

        if (what == "is new")
        {
            _pending[task.Pid] = new(task.ToString(), cpu, "- starts");
            return;
        }

        TaskStruct runs = Scheduler!.Current;
        bool inInterrupt = Arrive(runs, Scheduler.Cpu.Id);
        string text = what == "fails" ? $"{on} fails" : on is null ? what : $"{what}: {_names.Of(on)}";
        Add(new(inInterrupt && task == runs ? InterruptColumn : task.ToString(), cpu, $"- {text}"));
    }

    /// <summary>The table, at most a hundred columns wide.</summary>
    public override string ToString()
    {
        if (_columns.Count == 0)
            return "(no task has run)\n";
        int width = Math.Clamp((Width - GutterWidth) / _columns.Count - 1, MinColumnWidth, MaxColumnWidth);
        var text = new StringBuilder();
        Line(text, " step CPU ", _columns, width);
        text.Append('-', GutterWidth + _columns.Count * (width + 1)).Append('\n');
        for (int i = 0; i < _rows.Count;)
        {
            int end = i + 1;
            while (end < _rows.Count && _rows[end].Column == _rows[i].Column)
                end++;
            for (int at = i; at < end; at++)
            {
                if (end - i > MaxStretch && at == i + KeptAtStart)
                {
                    int folded = end - i - KeptAtStart - KeptAtEnd;
                    Line(text, "", Cells(_rows[i].Column, $"... {folded} more"), width);
                    at += folded;
                }

                Line(text, Gutter(at, at == i), Cells(_rows[at].Column, _rows[at].Text), width);
            }

            i = end;
        }

        return text.ToString();
    }

    private string Gutter(int row, bool isSwitch)
    {
        char mark = row == _rows.Count - 1 ? '!' : isSwitch && row != 0 ? '>' : ' ';
        return $"{mark}{row + 1,4} {_rows[row].Cpu,3} ";
    }

    private IEnumerable<string> Cells(string column, string text) => _columns.Select(each => each == column ? text : "");

    private static void Line(StringBuilder text, string gutter, IEnumerable<string> cells, int width)
    {
        int start = text.Length;
        text.Append(gutter.PadRight(GutterWidth));
        foreach (string cell in cells)
            text.Append(cell.Length > width ? cell[..(width - 1)] + "~" : cell.PadRight(width)).Append(' ');
        int length = text.Length;
        while (length > start && text[length - 1] == ' ')
            length--;
        text.Length = length;
        text.Append('\n');
    }

    /// <summary>Somebody has come to an event: what it was about to do is done, and so is what an interrupt on its processor was.</summary>
    /// <returns>True in an interrupt.</returns>
    private bool Arrive(TaskStruct task, int cpu)
    {
        bool inInterrupt = PreemptCounts.InInterrupt(Scheduler!.Cpu);
        Flush(~cpu);
        if (!inInterrupt)
            Flush(task.Pid);
        return inInterrupt;
    }

    private void Flush(int key)
    {
        // That a task goes on after a release is of interest only where others have gone on before it.
        if (_pending.Remove(key, out Row row) && (row.Text != GoesOn || _rows.Count == 0 || _rows[^1].Column != row.Column))
            Add(row with { Cpu = Scheduler!.Cpu.Id });
    }

    private void Add(Row row)
    {
        if (!_columns.Contains(row.Column))
            _columns.Add(row.Column);
        _rows.Add(row);
    }

    private readonly record struct Row(string Column, int Cpu, string Text);

    /// <summary>Names of objects, a number behind those that would be the same.</summary>
    private sealed class ObjectNames
    {
        private readonly Dictionary<object, string> _names = new(ReferenceEqualityComparer.Instance);
        private readonly Dictionary<string, int> _counts = [];

        public string Of(object? on)
        {
            if (on is null)
                return "";
            if (on is TaskStruct or string || on.GetType().IsValueType)
                return on.ToString()!;
            if (_names.TryGetValue(on, out string? name))
                return name;
            name = on.ToString() is { } text && text != on.GetType().ToString() ? text : on.GetType().Name;
            int count = _counts[name] = _counts.GetValueOrDefault(name) + 1;
            return _names[on] = count == 1 ? name : $"{name}#{count}";
        }
    }
}
