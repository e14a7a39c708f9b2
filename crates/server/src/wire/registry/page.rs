//! Pages: how many, from where on, and tokens that fit only the list they were given for.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lightcone_store::Filter;
use prost::Message;
use sha2::{Digest as _, Sha256};

use crate::limits::{PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX};
use crate::wire::Violation;

/// The form of these tokens; a later form has another number.
const VERSION: u8 = 1;
/// Bytes of the digest that ties a token to its list.
const TIE_BYTES: usize = 8;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    /// The most to show.
    pub(crate) size: u32,
    /// The last that was shown; none on the first page.
    pub(crate) after: Option<String>,
    tie: [u8; TIE_BYTES],
}

/// What of a collection is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Which records.
    pub(crate) filter: Filter,
    /// Which of them.
    pub(crate) page: Page,
}

impl Listing {
    /// A page of those in a state, if one is given, and of a parent, if there is one. `word` knows the states by
    /// their numbers, as the contract spells them.
    pub(crate) fn new(
        page: Page,
        state: i32,
        word: impl Fn(i32) -> Option<&'static str>,
        allowed: &str,
        parent: Option<String>,
    ) -> Result<Self, Violation> {
        let state = match (state, word(state)) {
            (0, _) => None,
            (_, Some(word)) => Some(word.trim_start_matches("STATE_").to_owned()),
            (number, None) => return Err(Violation::invalid("state", number, allowed)),
        };
        Ok(Self { filter: Filter { state, parent, tenant: None }, page })
    }
}

impl Page {
    /// Reads size and token of a list's request; `arguments` is that request without both.
    pub(crate) fn read<M: Message>(
        method: &'static str,
        size: i32,
        token: &str,
        arguments: &M,
    ) -> Result<Self, Violation> {
        let tie = tie(method, arguments);
        let size = match u32::try_from(size) {
            Ok(0) => PAGE_SIZE_DEFAULT,
            Ok(size) => size.min(PAGE_SIZE_MAX),
            Err(_) => return Err(Violation::invalid("page_size", size, "0 and more; 0 means 50")),
        };
        let after = match token {
            "" => None,
            token => Some(opened(token, &tie).ok_or_else(|| Violation::bad_token("page_token"))?),
        };
        Ok(Self { size, after, tie })
    }

    /// The token of the page after one that holds `shown` entries, the last of them `last`.
    pub(crate) fn next(&self, shown: usize, last: Option<&str>) -> String {
        match last {
            Some(last) if shown >= self.size as usize => {
                URL_SAFE_NO_PAD.encode([&[VERSION], self.tie.as_slice(), last.as_bytes()].concat())
            }
            _ => String::new(),
        }
    }
}

fn opened(token: &str, tie: &[u8; TIE_BYTES]) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let rest = bytes.strip_prefix(&[VERSION])?.strip_prefix(tie)?;
    String::from_utf8(rest.to_vec()).ok().filter(|after| !after.is_empty())
}

fn tie<M: Message>(method: &'static str, arguments: &M) -> [u8; TIE_BYTES] {
    let mut digest = Sha256::new();
    digest.update(method);
    digest.update([0]);
    digest.update(arguments.encode_to_vec());
    let mut tie = [0; TIE_BYTES];
    tie.copy_from_slice(&digest.finalize()[..TIE_BYTES]);
    tie
}

#[cfg(test)]
mod tests {
    use lightcone::v1;

    use super::*;

    fn page(size: i32, token: &str, state: i32) -> Result<Page, Violation> {
        let arguments = v1::ListSitesRequest { state, ..Default::default() };
        Page::read("ListSites", size, token, &arguments)
    }

    #[test]
    fn a_token_leads_on_in_its_own_list_only() {
        let token = page(2, "", 1).unwrap().next(2, Some("b"));
        assert_eq!(page(7, &token, 1).unwrap().after.as_deref(), Some("b"));
        assert!(page(2, &token, 0).is_err());
        let other =
            Page::read("ListAgents", 2, &token, &v1::ListSitesRequest { state: 1, ..Default::default() });
        assert!(other.is_err());
        for broken in ["x", "!", &token[1..], &token[..8]] {
            assert!(page(2, broken, 1).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_page_that_is_not_full_is_the_last() {
        let first = page(3, "", 0).unwrap();
        assert_eq!(first.next(2, Some("b")), "");
        assert_eq!(first.next(0, None), "");
    }

    #[test]
    fn sizes_have_a_default_and_a_limit() {
        for (asked, given) in [(0, 50), (1, 1), (1_000, 1_000), (i32::MAX, 1_000)] {
            assert_eq!(page(asked, "", 0).unwrap().size, given);
        }
        assert!(page(-1, "", 0).is_err());
    }
}
