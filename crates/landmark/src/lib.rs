//! The landmark daemon: at a known place, it challenges, holds the stopwatch, signs and uploads.
