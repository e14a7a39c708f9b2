//! Frames on the serial line: a length of two bytes, big-endian, and so many bytes.

use crate::machine::Serial;

/// The longest frame that is read; the bytes of a longer one are dropped.
const FRAME_BYTES_MAX: usize = 2_048;

/// The serial line and the last frame that came over it.
pub(crate) struct Line {
    serial: Serial,
    frame: [u8; FRAME_BYTES_MAX],
}

impl Line {
    pub(crate) const fn new(serial: Serial) -> Self {
        Self { serial, frame: [0; FRAME_BYTES_MAX] }
    }

    /// The next frame, or nothing if it was longer than can be read.
    pub(crate) fn receive(&mut self) -> Option<&mut [u8]> {
        let length = usize::from(u16::from_be_bytes([self.serial.read(), self.serial.read()]));
        for at in 0..length {
            let byte = self.serial.read();
            if let Some(place) = self.frame.get_mut(at) {
                *place = byte;
            }
        }
        self.frame.get_mut(..length)
    }

    /// Sends a frame; every caller's is shorter than [`FRAME_BYTES_MAX`].
    pub(crate) fn send(&self, frame: &[u8]) {
        let length = (frame.len() as u16).to_be_bytes();
        length.iter().chain(frame).for_each(|byte| self.serial.write(*byte));
    }
}
