using System.Runtime.InteropServices;
using DriverKit.Contracts;

namespace DriverKit.Processes;

/// <summary><c>struct epoll_event</c>: what has happened to a file that epoll watches (<c>linux/eventpoll.h</c>). It lies in the process's memory as in C, in 12 bytes.</summary>
/// <param name="Events"><c>events</c>.</param>
/// <param name="Data"><c>data</c>: the word that was given to epoll_ctl().</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct EpollEvent(PollEvents Events, ulong Data);
