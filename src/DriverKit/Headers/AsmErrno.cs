using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>asm/errno.h</c>: the error numbers by their bare names, so that a driver writes <c>return -EFAULT;</c>.</summary>
public static class AsmErrno
{
    /// <summary><c>EPERM</c> (1): Operation not permitted.</summary>
    public static Errno EPERM => Errno.EPERM;

    /// <summary><c>ENOENT</c> (2): No such file or directory.</summary>
    public static Errno ENOENT => Errno.ENOENT;

    /// <summary><c>ESRCH</c> (3): No such process.</summary>
    public static Errno ESRCH => Errno.ESRCH;

    /// <summary><c>EINTR</c> (4): Interrupted system call.</summary>
    public static Errno EINTR => Errno.EINTR;

    /// <summary><c>EIO</c> (5): Input/output error.</summary>
    public static Errno EIO => Errno.EIO;

    /// <summary><c>ENXIO</c> (6): No such device or address.</summary>
    public static Errno ENXIO => Errno.ENXIO;

    /// <summary><c>E2BIG</c> (7): Argument list too long.</summary>
    public static Errno E2BIG => Errno.E2BIG;

    /// <summary><c>ENOEXEC</c> (8): Exec format error.</summary>
    public static Errno ENOEXEC => Errno.ENOEXEC;

    /// <summary><c>EBADF</c> (9): Bad file descriptor.</summary>
    public static Errno EBADF => Errno.EBADF;

    /// <summary><c>ECHILD</c> (10): No child processes.</summary>
    public static Errno ECHILD => Errno.ECHILD;

    /// <summary><c>EAGAIN</c> (11): Resource temporarily unavailable.</summary>
    public static Errno EAGAIN => Errno.EAGAIN;

    /// <summary><c>ENOMEM</c> (12): Cannot allocate memory.</summary>
    public static Errno ENOMEM => Errno.ENOMEM;

    /// <summary><c>EACCES</c> (13): Permission denied.</summary>
    public static Errno EACCES => Errno.EACCES;

    /// <summary><c>EFAULT</c> (14): Bad address.</summary>
    public static Errno EFAULT => Errno.EFAULT;

    /// <summary><c>ENOTBLK</c> (15): Block device required.</summary>
    public static Errno ENOTBLK => Errno.ENOTBLK;

    /// <summary><c>EBUSY</c> (16): Device or resource busy.</summary>
    public static Errno EBUSY => Errno.EBUSY;

    /// <summary><c>EEXIST</c> (17): File exists.</summary>
    public static Errno EEXIST => Errno.EEXIST;

    /// <summary><c>EXDEV</c> (18): Invalid cross-device link.</summary>
    public static Errno EXDEV => Errno.EXDEV;

    /// <summary><c>ENODEV</c> (19): No such device.</summary>
    public static Errno ENODEV => Errno.ENODEV;

    /// <summary><c>ENOTDIR</c> (20): Not a directory.</summary>
    public static Errno ENOTDIR => Errno.ENOTDIR;

    /// <summary><c>EISDIR</c> (21): Is a directory.</summary>
    public static Errno EISDIR => Errno.EISDIR;

    /// <summary><c>EINVAL</c> (22): Invalid argument.</summary>
    public static Errno EINVAL => Errno.EINVAL;

    /// <summary><c>ENFILE</c> (23): Too many open files in system.</summary>
    public static Errno ENFILE => Errno.ENFILE;

    /// <summary><c>EMFILE</c> (24): Too many open files.</summary>
    public static Errno EMFILE => Errno.EMFILE;

    /// <summary><c>ENOTTY</c> (25): Inappropriate ioctl for device.</summary>
    public static Errno ENOTTY => Errno.ENOTTY;

    /// <summary><c>ETXTBSY</c> (26): Text file busy.</summary>
    public static Errno ETXTBSY => Errno.ETXTBSY;

    /// <summary><c>EFBIG</c> (27): File too large.</summary>
    public static Errno EFBIG => Errno.EFBIG;

    /// <summary><c>ENOSPC</c> (28): No space left on device.</summary>
    public static Errno ENOSPC => Errno.ENOSPC;

    /// <summary><c>ESPIPE</c> (29): Illegal seek.</summary>
    public static Errno ESPIPE => Errno.ESPIPE;

    /// <summary><c>EROFS</c> (30): Read-only file system.</summary>
    public static Errno EROFS => Errno.EROFS;

    /// <summary><c>EMLINK</c> (31): Too many links.</summary>
    public static Errno EMLINK => Errno.EMLINK;

    /// <summary><c>EPIPE</c> (32): Broken pipe.</summary>
    public static Errno EPIPE => Errno.EPIPE;

    /// <summary><c>EDOM</c> (33): Numerical argument out of domain.</summary>
    public static Errno EDOM => Errno.EDOM;

    /// <summary><c>ERANGE</c> (34): Numerical result out of range.</summary>
    public static Errno ERANGE => Errno.ERANGE;

    /// <summary><c>EDEADLK</c> (35): Resource deadlock avoided.</summary>
    public static Errno EDEADLK => Errno.EDEADLK;

    /// <summary><c>ENAMETOOLONG</c> (36): File name too long.</summary>
    public static Errno ENAMETOOLONG => Errno.ENAMETOOLONG;

    /// <summary><c>ENOLCK</c> (37): No locks available.</summary>
    public static Errno ENOLCK => Errno.ENOLCK;

    /// <summary><c>ENOSYS</c> (38): Function not implemented.</summary>
    public static Errno ENOSYS => Errno.ENOSYS;

    /// <summary><c>ENOTEMPTY</c> (39): Directory not empty.</summary>
    public static Errno ENOTEMPTY => Errno.ENOTEMPTY;

    /// <summary><c>ELOOP</c> (40): Too many levels of symbolic links.</summary>
    public static Errno ELOOP => Errno.ELOOP;

    /// <summary><c>ENODATA</c> (61): No data available.</summary>
    public static Errno ENODATA => Errno.ENODATA;

    /// <summary><c>ETIME</c> (62): Timer expired.</summary>
    public static Errno ETIME => Errno.ETIME;

    /// <summary><c>EPROTO</c> (71): Protocol error.</summary>
    public static Errno EPROTO => Errno.EPROTO;

    /// <summary><c>EOVERFLOW</c> (75): Value too large for defined data type.</summary>
    public static Errno EOVERFLOW => Errno.EOVERFLOW;

    /// <summary><c>EMSGSIZE</c> (90): Message too long.</summary>
    public static Errno EMSGSIZE => Errno.EMSGSIZE;

    /// <summary><c>EOPNOTSUPP</c> (95): Operation not supported.</summary>
    public static Errno EOPNOTSUPP => Errno.EOPNOTSUPP;

    /// <summary><c>EADDRINUSE</c> (98): Address already in use.</summary>
    public static Errno EADDRINUSE => Errno.EADDRINUSE;

    /// <summary><c>ETIMEDOUT</c> (110): Connection timed out.</summary>
    public static Errno ETIMEDOUT => Errno.ETIMEDOUT;

    /// <summary><c>EALREADY</c> (114): Operation already in progress.</summary>
    public static Errno EALREADY => Errno.EALREADY;

    /// <summary><c>EINPROGRESS</c> (115): Operation now in progress.</summary>
    public static Errno EINPROGRESS => Errno.EINPROGRESS;

    /// <summary><c>ESTALE</c> (116): Stale file handle.</summary>
    public static Errno ESTALE => Errno.ESTALE;

    /// <summary><c>ECANCELED</c> (125): Operation canceled.</summary>
    public static Errno ECANCELED => Errno.ECANCELED;

    /// <summary><c>EIOCBQUEUED</c> (529): a driver's aio_read or aio_write has begun, and <c>aio_complete()</c> will say how it ended (never seen by a user program).</summary>
    public static Errno EIOCBQUEUED => Errno.EIOCBQUEUED;

    /// <summary><c>ERESTARTSYS</c> (512): Restart the system call (never seen by a user program).</summary>
    public static Errno ERESTARTSYS => Errno.ERESTARTSYS;

    /// <summary><c>ENOIOCTLCMD</c> (515): No such ioctl command (never seen by a user program).</summary>
    public static Errno ENOIOCTLCMD => Errno.ENOIOCTLCMD;

    /// <summary><c>ERESTARTNOINTR</c> (513): Restart the system call in any case (never seen by a user program).</summary>
    public static Errno ERESTARTNOINTR => Errno.ERESTARTNOINTR;

    /// <summary><c>ERESTARTNOHAND</c> (514): Restart the system call unless a handler ran (never seen by a user program).</summary>
    public static Errno ERESTARTNOHAND => Errno.ERESTARTNOHAND;

    /// <summary><c>ERESTART_RESTARTBLOCK</c> (516): Restart the system call with what is left of its time (never seen by a user program).</summary>
    public static Errno ERESTART_RESTARTBLOCK => Errno.ERESTART_RESTARTBLOCK;
}
