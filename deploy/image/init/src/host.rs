//! The host record: the few values that differ from host to host. They come from the host's owner, nothing measures
//! them, and nothing that a verdict rests on is among them.

use std::fs;
use std::net::IpAddr;

use crate::failure::{Failure, Step as _};

const FIRMWARE: &str = "opt/org.lightcone/host";
const FIRMWARE_FILE: &str = "/sys/firmware/qemu_fw_cfg/by_name/opt/org.lightcone/host/raw";
const VARIABLE: &str = "LightconeHost-6c1ac7d5-56ae-4e4b-9c1d-5c3b8a0e7f21";
const VARIABLE_FILE: &str = "/sys/firmware/efi/efivars/LightconeHost-6c1ac7d5-56ae-4e4b-9c1d-5c3b8a0e7f21";
/// What the kernel puts before a variable's bytes: its attributes.
const ATTRIBUTES: usize = 4;
const BYTES_MAX: usize = 4096;
/// The most addresses that an interface is given.
const ADDRESSES_MAX: usize = 8;
/// How much of a wrong value is shown.
const SHOWN: usize = 64;

/// Lines `field=value`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Host {
    /// Under which name the agent is registered: `agents/rack-7`.
    pub(crate) agent: String,
    /// The service's URL. Summonses of any other than the measured settings name are refused.
    pub(crate) service: String,
    /// The interface to use, by its MAC address; none: the only one.
    pub(crate) interface: Option<String>,
    /// Addresses with the length of their prefix.
    pub(crate) addresses: Vec<(IpAddr, u8)>,
    /// One way out for each family.
    pub(crate) gateways: Vec<IpAddr>,
    /// Who resolves names.
    pub(crate) nameservers: Vec<IpAddr>,
    /// The secret key of software evidence, 64 hexadecimal digits; none: a fresh one with every boot.
    pub(crate) identity_key: Option<String>,
}

impl Host {
    /// The record of this host.
    ///
    /// # Errors
    /// There is none, or a field of it cannot be.
    pub(crate) fn read() -> Result<Self, Failure> {
        if fs::exists(FIRMWARE_FILE).unwrap_or_default() {
            return Self::parse(&fs::read(FIRMWARE_FILE).step(format!("read {FIRMWARE_FILE}"))?);
        }
        if fs::exists(VARIABLE_FILE).unwrap_or_default() {
            let variable = fs::read(VARIABLE_FILE).step(format!("read {VARIABLE_FILE}"))?;
            return Self::parse(variable.get(ATTRIBUTES..).unwrap_or_default());
        }
        Err(Failure::NoRecord { firmware: FIRMWARE, variable: VARIABLE })
    }

    fn parse(bytes: &[u8]) -> Result<Self, Failure> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= BYTES_MAX);
        let text = text.ok_or_else(|| wrong("record", "", "write at most 4096 bytes of UTF-8 text"))?;
        let mut host = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (field, value) =
                line.split_once('=').ok_or_else(|| wrong("line", line, "write field=value"))?;
            host.take(field.trim(), value.trim())?;
        }
        for (field, value) in [("agent", &host.agent), ("service", &host.service)] {
            if value.is_empty() {
                return Err(wrong(field, value, "this field is required"));
            }
        }
        Ok(host)
    }

    fn take(&mut self, field: &str, value: &str) -> Result<(), Failure> {
        match field {
            "agent" => self.agent = word(field, value)?,
            "service" => self.service = word(field, value)?,
            "interface" => self.interface = Some(word(field, value)?.to_ascii_lowercase()),
            "address" if self.addresses.len() < ADDRESSES_MAX => self.addresses.push(prefixed(value)?),
            "gateway" if self.gateways.len() < ADDRESSES_MAX => self.gateways.push(address(field, value)?),
            "nameserver" if self.nameservers.len() < ADDRESSES_MAX => {
                self.nameservers.push(address(field, value)?);
            }
            "identity_key" => self.identity_key = Some(secret(value)?),
            _ => return Err(wrong(field, "", "no such field, or too many of it")),
        }
        Ok(())
    }
}

fn wrong(field: &str, value: &str, remedy: &'static str) -> Failure {
    let shown = |text: &str| text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    Failure::Record { field: shown(field), value: shown(value), remedy }
}

/// A value that is passed on as an argument: it never begins like a flag.
fn word(field: &str, value: &str) -> Result<String, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/:.-_[]".contains(c);
    if value.starts_with(|c: char| c.is_ascii_alphanumeric()) && value.chars().all(plain) {
        Ok(value.to_owned())
    } else {
        Err(wrong(field, value, "use letters, digits and /:.-_[] only"))
    }
}

fn address(field: &str, value: &str) -> Result<IpAddr, Failure> {
    value.parse().map_err(|_| wrong(field, value, "write an IPv4 or IPv6 address"))
}

fn prefixed(value: &str) -> Result<(IpAddr, u8), Failure> {
    let parts = value.split_once('/').and_then(|(ip, length)| Some((ip.parse().ok()?, length.parse().ok()?)));
    let fits = |(ip, length): &(IpAddr, u8)| *length <= if ip.is_ipv4() { 32 } else { 128 };
    parts.filter(fits).ok_or_else(|| wrong("address", value, "write address/prefix, such as 192.0.2.7/24"))
}

/// Wrong ones are not shown.
fn secret(value: &str) -> Result<String, Failure> {
    if value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(value.to_ascii_lowercase())
    } else {
        Err(wrong("identity_key", "", "write 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "# rack 7\nagent = agents/rack-7\nservice=http://[2001:db8::1]:7443\n\
        address=192.0.2.7/24\naddress=2001:db8::7/64\ngateway=192.0.2.1\ninterface=52:54:00:AB:00:01\n";

    #[test]
    fn a_good_record_is_read() {
        let host = Host::parse(GOOD.as_bytes()).unwrap();
        assert_eq!(
            (host.agent.as_str(), host.service.as_str()),
            ("agents/rack-7", "http://[2001:db8::1]:7443")
        );
        assert_eq!(host.interface.as_deref(), Some("52:54:00:ab:00:01"));
        assert_eq!(host.addresses[0], ("192.0.2.7".parse().unwrap(), 24));
        assert_eq!((host.addresses.len(), host.gateways.len(), host.identity_key), (2, 1, None));
    }

    #[test]
    fn each_wrong_line_is_told() {
        for (line, told) in [
            ("agent=--config", "letters, digits"),
            ("agent=a b", "letters, digits"),
            ("service=", "letters, digits"),
            ("address=192.0.2.7", "address/prefix"),
            ("address=192.0.2.7/33", "address/prefix"),
            ("gateway=here", "IPv4 or IPv6"),
            ("identity_key=00", "64 hexadecimal"),
            ("verifier_key=00", "no such field"),
            ("init", "field=value"),
        ] {
            let error = Host::parse(format!("{GOOD}{line}\n").as_bytes()).unwrap_err().to_string();
            assert!(error.contains(told), "{line}: {error}");
        }
        assert!(Host::parse(b"agent=a").unwrap_err().to_string().contains("`service`"));
        assert!(Host::parse(&[0xff]).unwrap_err().to_string().contains("UTF-8"));
        assert!(Host::parse(&[b'\n'; BYTES_MAX + 1]).unwrap_err().to_string().contains("4096"));
    }

    #[test]
    fn a_wrong_secret_is_not_shown() {
        let error = Host::parse(b"identity_key=f00d").unwrap_err().to_string();
        assert!(!error.contains("f00d"), "{error}");
    }
}
