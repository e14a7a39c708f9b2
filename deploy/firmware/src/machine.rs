//! The emulated machine, and all of the image's unsafe code: entry, ports, the routines that the compiler calls.

#![expect(unsafe_code, reason = "a machine without an operating system is reached by its instructions only")]

use core::arch::{asm, global_asm};
use core::panic::PanicInfo;

use crate::frames::Line;

global_asm!(include_str!("boot.s"));

/// The first serial port of a PC.
const SERIAL: u16 = 0x3f8;
/// Line status: a byte has come, a byte may go.
const LINE_STATUS: u16 = SERIAL + 5;
const HAS_COME: u8 = 0x01;
const MAY_GO: u8 = 0x20;
/// The emulator's exit device; its exit status is twice the number, plus one.
const EXIT: u16 = 0xf4;
/// Exit status 33.
const SERVED: u32 = 16;
/// Exit status 65.
const PANICKED: u32 = 32;

/// The serial port, asked again and again: interrupts stay off.
pub(crate) struct Serial(());

impl Serial {
    /// Without interrupts, 115,200 baud, eight bits, queues on. The emulator fills the queue up to its mark, so that
    /// a mark of 14 bytes instead of one makes it four times as fast.
    fn open() -> Self {
        let settings = [(1, 0x00), (3, 0x80), (0, 0x01), (1, 0x00), (3, 0x03), (2, 0xc7), (4, 0x03)];
        settings.iter().for_each(|(register, value)| write_port(SERIAL + register, *value));
        Self(())
    }

    pub(crate) fn read(&self) -> u8 {
        while read_port(LINE_STATUS) & HAS_COME == 0 {}
        read_port(SERIAL)
    }

    pub(crate) fn write(&self, byte: u8) {
        while read_port(LINE_STATUS) & MAY_GO == 0 {}
        write_port(SERIAL, byte);
    }
}

/// Where `boot.s` goes.
#[unsafe(no_mangle)]
extern "C" fn firmware_main() -> ! {
    crate::serve(&mut Line::new(Serial::open()));
    exit(SERVED)
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    exit(PANICKED)
}

fn exit(number: u32) -> ! {
    loop {
        // SAFETY: ends the emulator; on a machine without that device, waits for ever with interrupts off.
        unsafe { asm!("out dx, eax", "hlt", in("dx") EXIT, in("eax") number, options(nomem, nostack)) }
    }
}

fn read_port(port: u16) -> u8 {
    let value;
    // SAFETY: the only ports that are read are the serial port's, and reading them touches no memory.
    unsafe { asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack, preserves_flags)) }
    value
}

fn write_port(port: u16, value: u8) {
    // SAFETY: the only ports that are written are the serial port's, and writing them touches no memory.
    unsafe { asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags)) }
}

/// What the compiler calls for copies.
///
/// # Safety
/// As C's `memcpy`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    // SAFETY: the caller says that both ranges are valid and apart.
    unsafe {
        asm!("rep movsb", inout("rcx") length => _, inout("rdi") to => _, inout("rsi") from => _,
            options(nostack, preserves_flags));
    }
    to
}

/// What the compiler calls for copies that may overlap.
///
/// # Safety
/// As C's `memmove`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8 {
    if (to as usize).wrapping_sub(from as usize) >= length {
        // SAFETY: copied upwards, no byte is overwritten before it is read.
        return unsafe { memcpy(to, from, length) };
    }
    // SAFETY: the ranges are valid by the caller's word; copied downwards, no byte is overwritten before it is
    // read. Here `length` is not zero.
    unsafe {
        asm!("std", "rep movsb", "cld", inout("rcx") length => _,
            inout("rdi") to.add(length - 1) => _, inout("rsi") from.add(length - 1) => _, options(nostack));
    }
    to
}

/// What the compiler calls to fill memory.
///
/// # Safety
/// As C's `memset`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(to: *mut u8, value: i32, length: usize) -> *mut u8 {
    // SAFETY: the caller says that the range is valid.
    unsafe {
        asm!("rep stosb", inout("rcx") length => _, inout("rdi") to => _, in("al") value as u8,
            options(nostack, preserves_flags));
    }
    to
}

/// What the compiler calls to compare memory.
///
/// # Safety
/// As C's `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    for at in 0..length {
        // SAFETY: the caller says that both ranges are valid.
        let (left, right) = unsafe { (*left.add(at), *right.add(at)) };
        if left != right {
            return i32::from(left) - i32::from(right);
        }
    }
    0
}

/// What the compiler calls to compare memory for equality.
///
/// # Safety
/// As C's `memcmp`.
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(left: *const u8, right: *const u8, length: usize) -> i32 {
    // SAFETY: as this function's own.
    unsafe { memcmp(left, right, length) }
}
