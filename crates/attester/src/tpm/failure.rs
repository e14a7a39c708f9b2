//! What a TPM did not do.

/// What comes of asking a TPM.
pub(super) type Outcome<T> = Result<T, Failure>;

/// Why a TPM gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What happened.
    pub(super) why: String,
    /// What to do about it.
    pub(super) remedy: String,
}

impl Failure {
    pub(super) fn new(why: impl Into<String>, remedy: &str) -> Self {
        Self { why: why.into(), remedy: remedy.to_owned() }
    }

    /// What to make of an error of the library: what was asked for when it came, and the remedy.
    pub(super) fn of(asked: &str, remedy: &'static str) -> impl Fn(tss_esapi::Error) -> Self {
        let asked = asked.to_owned();
        move |error| Self::new(format!("{asked}: {error}"), remedy)
    }
}
