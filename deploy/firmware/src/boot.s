# From the emulator's 32-bit entry (PVH: flat segments, no paging, interrupts off) to Rust in long mode.

.section .note.Xen, "a", @note
.align 4
.long 4, 8, 18                  # lengths of name and value; XEN_ELFNOTE_PHYS32_ENTRY
.asciz "Xen"
.quad start32

.section .text.boot, "ax"
.code32
.global start32
start32:
    cli
    mov esp, offset stack_top

    # The first gibibyte at its own addresses, in pages of two mebibytes.
    mov eax, offset table3
    or eax, 3
    mov [table4], eax
    mov eax, offset table2
    or eax, 3
    mov [table3], eax
    xor ecx, ecx
2:
    mov eax, ecx
    shl eax, 21
    or eax, 0x83
    mov [table2 + ecx * 8], eax
    inc ecx
    cmp ecx, 512
    jne 2b

    mov eax, offset table4
    mov cr3, eax
    mov eax, cr4
    or eax, 0x620               # physical address extension; SSE and its exceptions
    mov cr4, eax
    mov ecx, 0xc0000080         # EFER: long mode
    rdmsr
    or eax, 0x100
    wrmsr
    mov eax, cr0
    and eax, 0xfffffffb         # no emulated coprocessor
    or eax, 0x80000002          # paging; monitor the coprocessor
    mov cr0, eax

    lgdt [gdt_pointer]
    push 8
    mov eax, offset start64
    push eax
    retf

.code64
start64:
    mov eax, 16
    mov ds, eax
    mov es, eax
    mov ss, eax
    xor ebp, ebp
    mov rsp, offset stack_top
    call firmware_main
    ud2

.section .rodata.boot, "a"
.align 8
gdt:
    .quad 0
    .quad 0x00af9a000000ffff    # code, 64 bits
    .quad 0x00cf92000000ffff    # data
gdt_end:
gdt_pointer:
    .short gdt_end - gdt - 1
    .long gdt

.section .bss.boot, "aw", @nobits
.align 4096
table4: .skip 4096
table3: .skip 4096
table2: .skip 4096
stack:  .skip 65536
stack_top:
