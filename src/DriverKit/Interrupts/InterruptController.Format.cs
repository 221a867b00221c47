using System.Text;
using DriverKit.Hardware;

namespace DriverKit.Interrupts;

/// <content>/proc/interrupts.</content>
/// <remarks>Source: show_interrupts() of arch/i386/kernel/irq.c of Linux 2.6.20. The timer interrupts once in a tick, whether or not somebody waits for it.</remarks>
internal sealed partial class InterruptController
{
    /// <summary>A line for each interrupt that somebody has: how often on each processor, of which kind, and whose.</summary>
    public string Format()
    {
        var text = new StringBuilder("           ");
        foreach (Cpu cpu in _machine.Cpus)
            text.Append($"CPU{cpu.Id,-8}");
        text.Append('\n');
        for (int line = 0; line < InterruptLines.Count; line++)
        {
            if (NameOfSystemLine(line) is { } system)
                Row(line, cpu => line == TimerLine && cpu.Id == 0 ? (uint)_scheduler.Clock.Ticks : 0, line == CascadeLine ? "XT-PIC" : "IO-APIC", line == CascadeLine ? "XT" : "edge", system);
            else if (_descs[line] is { Actions.Length: > 0 } desc)
                Row(line, cpu => desc.PerCpu[cpu.Id], "IO-APIC", line < InterruptLines.FirstPciLine ? "edge" : "fasteoi", string.Join(", ", desc.Actions.Select(action => action.Name)));
        }

        Counts("NMI", _ => 0);
        text.Append('\n');
        Counts("LOC", _ => (uint)_scheduler.Clock.Ticks);
        return text.Append($"\nERR: {0,10}\nMIS: {0,10}\n").ToString();

        void Row(int line, Func<Cpu, uint> count, string chip, string kind, string names)
        {
            Counts($"{line,3}", count);
            text.Append($" {chip,8}-{kind,-8}  {names}\n");
        }

        void Counts(string name, Func<Cpu, uint> count)
        {
            text.Append($"{name}: ");
            foreach (Cpu cpu in _machine.Cpus)
                text.Append($"{count(cpu),10} ");
        }
    }
}
