//! The landmark's end of its sessions: it lets in whom it was assigned, challenges and records.
