//! Frames of HTTP/2, made by hand: those that no library would make among them.

/// What begins each connection.
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const CONTINUATION: u8 = 9;
pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
/// The setting of how much a stream may be sent before its reader asks for more.
const INITIAL_WINDOW_SIZE: u8 = 4;

/// A frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// What a client says first.
pub(crate) fn hello() -> Vec<u8> {
    [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()
}

/// The same of a client that reads no answer.
pub(crate) fn hello_without_window() -> Vec<u8> {
    let none = [0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0];
    [PREFACE, &frame(SETTINGS, 0, 0, &none)].concat()
}

/// The head of a Locate.
pub(crate) fn locate() -> Vec<u8> {
    // POST and http stand in the table that both sides know.
    let mut block = vec![0x83, 0x86];
    let text = |block: &mut Vec<u8>, text: &str| {
        block.push(text.len() as u8);
        block.extend(text.as_bytes());
    };
    block.push(0x04);
    text(&mut block, "/lightcone.v1.LocationService/Locate");
    block.push(0x01);
    text(&mut block, "localhost");
    for (name, value) in [("content-type", "application/grpc"), ("te", "trailers")] {
        block.push(0x00);
        text(&mut block, name);
        text(&mut block, value);
    }
    block
}

/// A message as gRPC frames it, with the length that it claims.
pub(crate) fn message(bytes: &[u8], claims: u32) -> Vec<u8> {
    let mut framed = vec![0];
    framed.extend(claims.to_be_bytes());
    framed.extend(bytes);
    framed
}
