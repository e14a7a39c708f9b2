//! What a chip's side says of its replies, under the session's key. Nothing rests on it: what is said here can only
//! explain why a round trip is long. Bits without a name are zero, and ignored by who reads them.

/// Bit 0: challenge and reply went through the fallback carrier, a stream, and not as datagrams all the way. Round
/// trips are longer than the path, and no less sound.
pub const CARRIED: u32 = 1;
