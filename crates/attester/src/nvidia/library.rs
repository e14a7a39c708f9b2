//! NVIDIA's management library, if it is there.

use std::ffi::OsStr;

use nvml_wrapper::Nvml;

use super::NoLibrary;
use crate::root::plain;

/// The library, as drivers install it.
const NAME: &str = "libnvidia-ml.so.1";

/// Opens the library. It talks to the driver, and to nobody else.
pub(super) fn open() -> Result<Nvml, NoLibrary> {
    open_named(NAME)
}

fn open_named(name: &str) -> Result<Nvml, NoLibrary> {
    let opened = Nvml::builder().lib_path(OsStr::new(name)).init();
    opened.map_err(|error| NoLibrary::Silent(plain(&error.to_string()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_not_there_is_an_answer() {
        let missing = open_named("libnvidia-ml-of-no-machine.so.1").unwrap_err();
        assert!(matches!(&missing, NoLibrary::Silent(why) if why.contains("cannot open")), "{missing}");
    }

    #[test]
    fn a_library_of_another_kind_is_an_answer() {
        let other = open_named("libc.so.6").unwrap_err();
        assert!(matches!(&other, NoLibrary::Silent(why) if !why.is_empty()), "{other}");
    }
}
