//! User and password for a proxy, as Basic has them (RFC 7617).

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::CarrierError;

/// More than any user and password have.
const FILE_BYTES_MAX: u64 = 1_024;
/// The bits of a file's mode that are of everybody but its owner.
#[cfg(unix)]
const OTHERS: u32 = 0o077;

/// The value of a `Proxy-Authorization` field. Never shown.
#[derive(Clone)]
pub struct Credentials(Zeroizing<String>);

impl Credentials {
    /// From `user:password`; the user's name cannot have a colon.
    ///
    /// # Errors
    /// [`CarrierError::Credentials`]: there is no colon, or a line break.
    pub fn new(pair: &[u8]) -> Result<Self, CarrierError> {
        if !pair.contains(&b':') || pair.iter().any(u8::is_ascii_control) {
            return Err(CarrierError::Credentials { why: "it is not one line `user:password`".to_owned() });
        }
        let coded = Zeroizing::new(STANDARD.encode(pair));
        Ok(Self(Zeroizing::new(format!("Basic {}", *coded))))
    }

    /// From a file of one line `user:password` that only its owner may touch.
    ///
    /// # Errors
    /// [`CarrierError::Credentials`]: it cannot be read, others may touch it, or it is not such a line.
    pub fn read(path: &Path) -> Result<Self, CarrierError> {
        let failed =
            |error: io::Error| CarrierError::Credentials { why: format!("{}: {error}", path.display()) };
        let file = File::open(path).map_err(failed)?;
        if is_open_to_others(&file).map_err(failed)? {
            let why = format!("others may touch {}; chmod 600", path.display());
            return Err(CarrierError::Credentials { why });
        }
        let mut text = Zeroizing::new(Vec::with_capacity(FILE_BYTES_MAX as usize + 1));
        file.take(FILE_BYTES_MAX + 1).read_to_end(&mut text).map_err(failed)?;
        Self::new(text.strip_suffix(b"\n").unwrap_or(&text))
    }

    pub(crate) fn value(&self) -> &str {
        &self.0
    }
}

#[cfg(unix)]
fn is_open_to_others(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    // Asked of the open file: its name may mean another one by now.
    Ok(file.metadata()?.permissions().mode() & OTHERS != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_is_one_line_of_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("proxy");
        let told = |path: &Path| Credentials::read(path).err().unwrap().to_string();
        assert!(told(&path).contains("proxy"), "{}", told(&path));
        write(&path, "Aladdin:open sesame\n").unwrap();
        set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        assert!(told(&path).contains("chmod 600"), "{}", told(&path));
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        // RFC 7617, section 2.
        assert_eq!(Credentials::read(&path).unwrap().value(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        for bad in ["sesame", "a:b\r\nX-Other: c", "a:b\n\n"] {
            write(&path, bad).unwrap();
            assert!(told(&path).contains("one line") && !told(&path).contains("sesame"), "{}", told(&path));
        }
    }
}
