using System.Globalization;

namespace DriverKit.Conformance.Host;

/// <summary>The executable that runs programs on the host: one page of machine code, so that nothing of a C library or a runtime is in its address space.</summary>
/// <remarks>Each line is bytes and, after the semicolon, what they are. It runs one batch (<see cref="Batch"/>), writes the results and starts itself anew.
/// The code uses no stack: a program may do with it what it likes.</remarks>
internal static class ExecutorImage
{
    /// <summary>The page of the code. The heap starts right above it, where the model's heap starts.</summary>
    public const ulong Code = 0x5ff000;

    /// <summary>The shared region: header and requests, then results and data, then the signal stack.</summary>
    public const ulong Region = 0x10000000;

    /// <summary>Where results start.</summary>
    public const ulong Results = 0x10040000;

    /// <summary>Where the signal stack starts, up to the end of the region.</summary>
    public const ulong SignalStack = 0x103f0000;

    private const string Listing = """
        7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 ; ELF header: 64 bits, little endian
        02 00 3e 00 01 00 00 00                         ; an executable for x86-64
        5f f1 5f 00 00 00 00 00                         ; entry: _start
        40 00 00 00 00 00 00 00                         ; program headers at 64
        00 00 00 00 00 00 00 00                         ; no section headers
        00 00 00 00                                     ; no flags
        40 00 38 00 02 00 00 00 00 00 00 00             ; sizes; two program headers
        01 00 00 00 05 00 00 00                         ; PT_LOAD, read and execute
        00 00 00 00 00 00 00 00 00 f0 5f 00 00 00 00 00 ; offset 0 at 0x5ff000
        00 f0 5f 00 00 00 00 00                         ;
        2a 03 00 00 00 00 00 00 2a 03 00 00 00 00 00 00 ; bytes in the file and in memory
        00 10 00 00 00 00 00 00                         ; alignment
        51 e5 74 64 06 00 00 00                         ; PT_GNU_STACK, read and write
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ;
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 ;
        00 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 ;
        00 00 3f 10 00 00 00 00 00 00 00 00 00 00 00 00 ; altstack: stack_t { 0x103f0000, 0, 64 KiB }
        00 00 01 00 00 00 00 00                         ;
        da f2 5f 00 00 00 00 00 04 00 00 4c 00 00 00 00 ; action: handler, SA_SIGINFO|SA_RESTORER|SA_ONSTACK|SA_NODEFER
        da f2 5f 00 00 00 00 00 00 00 00 00 00 00 00 00 ;
        50 f1 5f 00 00 00 00 00 00 00 00 00 00 00 00 00 ; argv: { path, NULL }
        63 f2 5f 00 00 00 00 00 68 f2 5f 00 00 00 00 00 ; table: load1 load2 load4 load8 store1 store2 store4 store8 hash fork end
        6d f2 5f 00 00 00 00 00 71 f2 5f 00 00 00 00 00 ;
        76 f2 5f 00 00 00 00 00 7b f2 5f 00 00 00 00 00 ;
        80 f2 5f 00 00 00 00 00 84 f2 5f 00 00 00 00 00 ;
        8b f2 5f 00 00 00 00 00 a3 f2 5f 00 00 00 00 00 ;
        21 f3 5f 00 00 00 00 00                         ;
        2f 70 72 6f 63 2f 73 65 6c 66 2f 65 78 65 00    ; path: "/proc/self/exe"
                                ; _start:
        b8 09 00 00 00          ;     mov eax,0x9                      mmap: the region of requests and results, shared with forked children
        bf 00 00 00 10          ;     mov edi,0x10000000
        be 00 00 40 00          ;     mov esi,0x400000
        ba 03 00 00 00          ;     mov edx,0x3
        41 ba 31 00 00 00       ;     mov r10d,0x31
        49 83 c8 ff             ;     or r8,0xffffffffffffffff
        45 31 c9                ;     xor r9d,r9d
        0f 05                   ;     syscall
        b8 83 00 00 00          ;     mov eax,0x83                     sigaltstack
        bf b0 f0 5f 00          ;     mov edi,0x5ff0b0
        31 f6                   ;     xor esi,esi
        0f 05                   ;     syscall
        bf 0b 00 00 00          ;     mov edi,0xb                      rt_sigaction: SIGSEGV, then SIGBUS
        b8 0d 00 00 00          ;     mov eax,0xd
        be c8 f0 5f 00          ;     mov esi,0x5ff0c8
        31 d2                   ;     xor edx,edx
        41 ba 08 00 00 00       ;     mov r10d,0x8
        0f 05                   ;     syscall
        b8 0d 00 00 00          ;     mov eax,0xd
        bf 07 00 00 00          ;     mov edi,0x7
        0f 05                   ;     syscall
        49 89 e7                ;     mov r15,rsp                      the handler leaves without sigreturn and takes the stack pointer back
        41 bc 00 00 00 10       ;     mov r12d,0x10000000
        4c 89 e6                ;     mov rsi,r12
                                ; read:
        31 c0                   ;     xor eax,eax
        31 ff                   ;     xor edi,edi
        ba 00 00 04 00          ;     mov edx,0x40000                  read(0): until the whole batch is there
        0f 05                   ;     syscall
        48 85 c0                ;     test rax,rax
        0f 8e 4c 01 00 00       ;     jle end                          the test has closed the pipe
        48 01 c6                ;     add rsi,rax
        48 89 f0                ;     mov rax,rsi
        4c 29 e0                ;     sub rax,r12
        49 3b 04 24             ;     cmp rax,[r12]                    the first word of the header: bytes of the batch
        72 dd                   ;     jb read
        4d 89 e6                ;     mov r14,r12                      r14: the header; r12: the request; rbx: its result
        49 83 c4 40             ;     add r12,0x40
        bb 00 00 04 10          ;     mov ebx,0x10040000
                                ; next:
        4d 3b 66 10             ;     cmp r12,[r14+0x10]               the third word: where the requests end
        0f 83 ff 00 00 00       ;     jae done
        49 8b 04 24             ;     mov rax,[r12]                    the number of the call
        49 8b 7c 24 08          ;     mov rdi,[r12+0x8]
        49 8b 74 24 10          ;     mov rsi,[r12+0x10]
        49 8b 54 24 18          ;     mov rdx,[r12+0x18]
        4d 8b 54 24 20          ;     mov r10,[r12+0x20]
        4d 8b 44 24 28          ;     mov r8,[r12+0x28]
        4d 8b 4c 24 30          ;     mov r9,[r12+0x30]
        41 8b 4c 24 38          ;     mov ecx,[r12+0x38]
        67 e3 03                ;     jecxz plain                      a reference: argument 0 is an earlier result
        48 8b 39                ;     mov rdi,[rcx]
                                ; plain:
        41 83 7c 24 3c 00       ;     cmp [r12+0x3c],0x0
        49 0f 45 76 08          ;     cmovne rsi,[r14+0x8]             append: argument 1 is the cursor, the second word
        3d 00 00 01 00          ;     cmp eax,0x10000
        73 20                   ;     jae special
        0f 05                   ;     syscall
        41 83 7c 24 3c 00       ;     cmp [r12+0x3c],0x0
        74 09                   ;     je result
        48 85 c0                ;     test rax,rax
        78 04                   ;     js result
        49 01 46 08             ;     add [r14+0x8],rax
                                ; result:
        48 89 03                ;     mov [rbx],rax
                                ; advance:
        48 83 c3 20             ;     add rbx,0x20
        49 83 c4 40             ;     add r12,0x40
        eb 97                   ;     jmp next
                                ; special:
        0f b7 c0                ;     movzx eax,ax                     0x10000 and up: what is no system call
        ff 24 c5 f8 f0 5f 00    ;     jmp [rax*8+0x5ff0f8]
                                ; load1:
        0f b6 07                ;     movzx eax,[rdi]
        eb e4                   ;     jmp result
                                ; load2:
        0f b7 07                ;     movzx eax,[rdi]
        eb df                   ;     jmp result
                                ; load4:
        8b 07                   ;     mov eax,[rdi]
        eb db                   ;     jmp result
                                ; load8:
        48 8b 07                ;     mov rax,[rdi]
        eb d6                   ;     jmp result
                                ; store1:
        40 88 37                ;     mov [rdi],sil
        eb 0c                   ;     jmp zero
                                ; store2:
        66 89 37                ;     mov [rdi],si
        eb 07                   ;     jmp zero
                                ; store4:
        89 37                   ;     mov [rdi],esi
        eb 03                   ;     jmp zero
                                ; store8:
        48 89 37                ;     mov [rdi],rsi
                                ; zero:
        31 c0                   ;     xor eax,eax
        eb c1                   ;     jmp result
                                ; hash:
        31 c0                   ;     xor eax,eax
                                ; mix:
        48 33 07                ;     xor rax,[rdi]                    words of rdi, rsi of them, into one number; rdx: the multiplier
        48 0f af c2             ;     imul rax,rdx
        48 c1 c0 17             ;     rol rax,0x17
        48 83 c7 08             ;     add rdi,0x8
        48 ff ce                ;     dec rsi
        75 ec                   ;     jne mix
        eb a9                   ;     jmp result
                                ; fork:
        b8 39 00 00 00          ;     mov eax,0x39                     fork: the child goes on, its results are in the shared region
        0f 05                   ;     syscall
        48 85 c0                ;     test rax,rax
        74 a0                   ;     je advance
        48 89 c7                ;     mov rdi,rax
        48 8d 73 10             ;     lea rsi,[rbx+0x10]
        31 d2                   ;     xor edx,edx
        45 31 d2                ;     xor r10d,r10d
        b8 3d 00 00 00          ;     mov eax,0x3d                     wait4: the parent waits, the status is the code of the result
        0f 05                   ;     syscall
        48 89 03                ;     mov [rbx],rax
        49 8b 4c 24 10          ;     mov rcx,[r12+0x10]
        48 c1 e1 05             ;     shl rcx,0x5                      and skips what the child has done
        48 01 cb                ;     add rbx,rcx
        4d 8d 24 4c             ;     lea r12,[r12+rcx*2]
        e9 75 ff ff ff          ;     jmp advance
                                ; handler:
        48 63 06                ;     movsxd rax,[rsi]                 si_signo
        48 89 43 08             ;     mov [rbx+0x8],rax
        48 63 46 08             ;     movsxd rax,[rsi+0x8]             si_code
        48 89 43 10             ;     mov [rbx+0x10],rax
        48 8b 46 10             ;     mov rax,[rsi+0x10]               si_addr
        48 89 43 18             ;     mov [rbx+0x18],rax
        4c 89 fc                ;     mov rsp,r15
        e9 56 ff ff ff          ;     jmp advance
                                ; done:
        b8 01 00 00 00          ;     mov eax,0x1
        89 c7                   ;     mov edi,eax
        be 00 00 04 10          ;     mov esi,0x10040000               write(1): results and data, up to the cursor
        49 8b 56 08             ;     mov rdx,[r14+0x8]
        48 29 f2                ;     sub rdx,rsi
        0f 05                   ;     syscall
        b8 3b 00 00 00          ;     mov eax,0x3b                     execve: a fresh address space for the next batch
        bf 50 f1 5f 00          ;     mov edi,0x5ff150
        be e8 f0 5f 00          ;     mov esi,0x5ff0e8
        31 d2                   ;     xor edx,edx
        0f 05                   ;     syscall
                                ; end:
        b8 e7 00 00 00          ;     mov eax,0xe7                     exit_group
        31 ff                   ;     xor edi,edi
        0f 05                   ;     syscall
        """;

    /// <summary>The bytes of the file.</summary>
    public static byte[] Bytes { get; } = [.. Listing.Split('\n').SelectMany(Parse)];

    private static IEnumerable<byte> Parse(string line) =>
        line.Split(';')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => byte.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
