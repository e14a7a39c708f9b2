//! Fields at fixed places, big-endian. The places are constants of this crate, so that no input can move one.

/// The `N` bytes from `at` on.
pub(crate) fn get<const N: usize>(packet: &[u8], at: usize) -> [u8; N] {
    let mut field = [0; N];
    field.copy_from_slice(&packet[at..at + N]);
    field
}

/// Writes a field at `at`.
pub(crate) fn put<const N: usize>(packet: &mut [u8], at: usize, field: [u8; N]) {
    packet[at..at + N].copy_from_slice(&field);
}

pub(crate) fn u16_at(packet: &[u8], at: usize) -> u16 {
    u16::from_be_bytes(get(packet, at))
}

pub(crate) fn u32_at(packet: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(get(packet, at))
}

pub(crate) fn u64_at(packet: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(get(packet, at))
}
