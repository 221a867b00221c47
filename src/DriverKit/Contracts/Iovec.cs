using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct iovec</c>: one of the buffers of readv() and writev() (<c>linux/uio.h</c>). In memory it is two words of the machine.</summary>
/// <param name="IovBase"><c>iov_base</c>: where it starts.</param>
/// <param name="IovLen"><c>iov_len</c>: bytes.</param>
public readonly record struct Iovec(UserVirtualAddress IovBase, [property: FromUser, Unit(AddressUnit.Bytes)] ulong IovLen);
