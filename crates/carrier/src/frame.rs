//! Datagrams in a stream: two bytes of length, big-endian, then the datagram. Only lengths of the protocol exist.

use lightcone_probe::control::{HELLO_BYTES, KEEP_BYTES, RETRY_BYTES, WELCOME_BYTES};
use lightcone_responder::PACKET_BYTES;

/// Bytes of a length.
pub const HEADER_BYTES: usize = 2;
/// The longest frame: a HELLO's.
pub const FRAME_BYTES_MAX: usize = HEADER_BYTES + HELLO_BYTES;

/// Bytes of a stream that may wait to be taken apart.
const BUFFER_BYTES: usize = 8 * FRAME_BYTES_MAX;

/// Which way datagrams go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toward {
    Landmark,
    Agent,
}

impl Toward {
    /// What the protocol sends this way: HELLO, KEEP and replies; or RETRY, WELCOME and challenges.
    const fn lengths(self) -> [usize; 3] {
        match self {
            Self::Landmark => [HELLO_BYTES, KEEP_BYTES, PACKET_BYTES],
            Self::Agent => [RETRY_BYTES, WELCOME_BYTES, PACKET_BYTES],
        }
    }

    pub(crate) fn has(self, length: usize) -> bool {
        self.lengths().contains(&length)
    }

    pub(crate) const fn back(self) -> Self {
        match self {
            Self::Landmark => Self::Agent,
            Self::Agent => Self::Landmark,
        }
    }
}

/// A length that the protocol has not: the rest of the stream means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Garbage(pub(crate) u16);

/// Takes a stream apart, however its bytes come.
pub(crate) struct Frames {
    toward: Toward,
    bytes: [u8; BUFFER_BYTES],
    begin: usize,
    end: usize,
}

impl Frames {
    pub(crate) const fn new(toward: Toward) -> Self {
        Self { toward, bytes: [0; BUFFER_BYTES], begin: 0, end: 0 }
    }

    /// Where the stream's next bytes go. Never empty once [`Self::next`] has given nothing: what is left is less than
    /// a frame.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.bytes.copy_within(self.begin..self.end, 0);
        (self.begin, self.end) = (0, self.end - self.begin);
        &mut self.bytes[self.end..]
    }

    /// So many bytes were put into the space.
    pub(crate) fn put(&mut self, bytes: usize) {
        self.end = (self.end + bytes).min(BUFFER_BYTES);
    }

    /// The next whole datagram. A length is judged as soon as it is there.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, Garbage> {
        let waiting = &self.bytes[self.begin..self.end];
        let Some((header, rest)) = waiting.split_first_chunk::<HEADER_BYTES>() else { return Ok(None) };
        let length = u16::from_be_bytes(*header);
        if !self.toward.has(length.into()) {
            return Err(Garbage(length));
        }
        let datagram = rest.get(..length.into());
        self.begin += datagram.map_or(0, |datagram| HEADER_BYTES + datagram.len());
        Ok(datagram)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(datagram: &[u8]) -> Vec<u8> {
        [&(datagram.len() as u16).to_be_bytes()[..], datagram].concat()
    }

    fn feed(frames: &mut Frames, bytes: &[u8]) {
        frames.space()[..bytes.len()].copy_from_slice(bytes);
        frames.put(bytes.len());
    }

    #[test]
    fn datagrams_come_out_whole_however_the_stream_is_cut() {
        let datagrams: Vec<Vec<u8>> =
            [192, 64, 168, 168, 64, 192, 168].iter().map(|length| vec![*length as u8; *length]).collect();
        let stream: Vec<u8> = datagrams.iter().flat_map(|datagram| framed(datagram)).collect();
        for cut in 1..FRAME_BYTES_MAX * 2 {
            let mut frames = Frames::new(Toward::Landmark);
            let mut got = Vec::new();
            for piece in stream.chunks(cut) {
                feed(&mut frames, piece);
                while let Some(datagram) = frames.next().unwrap() {
                    got.push(datagram.to_vec());
                }
                assert!(frames.space().len() >= FRAME_BYTES_MAX);
            }
            assert_eq!(got, datagrams, "cut into {cut}");
        }
    }

    #[test]
    fn only_the_protocols_lengths_pass_each_way() {
        for (toward, lengths) in [(Toward::Landmark, [64, 168, 192]), (Toward::Agent, [48, 96, 168])] {
            let passing: Vec<u16> = (0..=u16::MAX)
                .filter(|length| {
                    let mut frames = Frames::new(toward);
                    feed(&mut frames, &length.to_be_bytes());
                    frames.next() != Err(Garbage(*length))
                })
                .collect();
            assert_eq!(passing, lengths);
        }
    }

    #[test]
    fn nothing_after_a_wrong_length_is_read() {
        let mut frames = Frames::new(Toward::Agent);
        feed(&mut frames, &framed(&[1; 48]));
        feed(&mut frames, b"HTTP/1.1 200 OK\r\n");
        feed(&mut frames, &framed(&[2; 48]));
        assert_eq!(frames.next(), Ok(Some(&[1; 48][..])));
        assert_eq!(frames.next(), Err(Garbage(u16::from_be_bytes(*b"HT"))));
        assert_eq!(frames.next(), Err(Garbage(u16::from_be_bytes(*b"HT"))));
    }
}
