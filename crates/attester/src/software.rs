//! `software`: the identity key's signature. It says who answers and nothing of where.

use std::fmt;

use lightcone_attest::Kind;

use crate::source::{Piece, Source, Unavailable};

/// Makes an Ed25519 signature.
type Sign = Box<dyn Fn(&[u8]) -> [u8; 64] + Send>;

/// Signs with the key that the agent enrolled with.
pub struct Software {
    sign: Sign,
}

impl Software {
    /// Evidence by the key that `sign` signs with.
    #[must_use]
    pub fn new(sign: impl Fn(&[u8]) -> [u8; 64] + Send + 'static) -> Self {
        Self { sign: Box::new(sign) }
    }
}

impl fmt::Debug for Software {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Software").finish_non_exhaustive()
    }
}

impl Source for Software {
    fn kind(&self) -> Kind {
        Kind::Software
    }

    fn collect(&mut self, binding: &[u8; 32]) -> Result<Vec<Piece>, Unavailable> {
        let signature = (self.sign)(&lightcone_attest::software::signed(binding));
        Ok(vec![Piece { kind: Kind::Software, payload: signature.to_vec() }])
    }
}
