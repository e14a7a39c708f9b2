//! Settings of the store.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// The store, and the folder where it is unless it is elsewhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreSettings {
    /// Folder of the service's key and, unless `url` says otherwise, of its database. Made if it is not there, for
    /// the server's user alone.
    pub folder: String,
    /// Where the database is: `postgres://…`; `sqlite::memory:`, where nothing outlives the process; empty: a file
    /// of SQLite in `folder`. A password in it is not repeated.
    #[serde(serialize_with = "without_password")]
    pub url: String,
}

impl Default for StoreSettings {
    fn default() -> Self {
        Self { folder: "lightcone-data".to_owned(), url: String::new() }
    }
}

impl StoreSettings {
    /// The URL of a store that ends with the process.
    pub const IN_MEMORY: &str = "sqlite::memory:";

    /// Whether nothing outlives the process.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.url == Self::IN_MEMORY
    }
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = redacted(&self.url);
        f.debug_struct("StoreSettings").field("folder", &self.folder).field("url", &url).finish()
    }
}

fn without_password<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&redacted(url))
}

/// A URL without what may be a password: between the user's name and the host, or among its parameters.
fn redacted(url: &str) -> String {
    let (url, parameters) = url.split_once('?').map_or((url, ""), |(url, _)| (url, "?…"));
    let hidden = url.split_once("://").and_then(|(scheme, rest)| {
        let (user, host) = rest.rsplit_once('@')?;
        let (user, _) = user.split_once(':')?;
        Some(format!("{scheme}://{user}:…@{host}"))
    });
    hidden.unwrap_or_else(|| url.to_owned()) + parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_repeated() {
        for (url, told) in [
            ("", ""),
            ("sqlite::memory:", "sqlite::memory:"),
            ("postgres://lc@db/lc", "postgres://lc@db/lc"),
            ("postgres://lc:s3:cr@t@db:5432/lc", "postgres://lc:…@db:5432/lc"),
            ("postgres://db/lc?user=a&password=s3cr@t", "postgres://db/lc?…"),
        ] {
            assert_eq!(redacted(url), told);
            let settings = StoreSettings { url: url.to_owned(), ..StoreSettings::default() };
            assert!(!format!("{settings:?}").contains("cr@t"));
        }
    }
}
