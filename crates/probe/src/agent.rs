//! The agent's end of a session: it asks for the handshake, keeps its address open and answers challenges.
