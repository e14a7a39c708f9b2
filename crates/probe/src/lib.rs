//! The timed protocol: handshake, challenges, the clock rule, reports; and the one module with sockets.
