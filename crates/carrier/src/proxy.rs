//! A proxy that is asked to connect (RFC 9110, section 9.3.6), with Basic credentials (RFC 7617) if it wants some.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::{CarrierError, Credentials};

/// The longest head of an answer that is read.
const HEAD_BYTES_MAX: usize = 8_192;
/// The most fields of an answer that are read.
const FIELDS_MAX: usize = 64;
/// Of what a proxy says, so much is repeated.
const REASON_CHARS_MAX: usize = 80;

/// An HTTP proxy: `http://host:port`, or `http://user:password@host:port` with reserved characters as `%XX`.
#[derive(Clone)]
pub struct Proxy {
    host: String,
    port: u16,
    credentials: Option<Credentials>,
}

impl FromStr for Proxy {
    type Err = CarrierError;

    /// Reads a proxy's URL. An error never repeats the text: it may hold a password.
    fn from_str(text: &str) -> Result<Self, CarrierError> {
        let refused = |why| Err(CarrierError::ProxyUrl { why });
        let Ok(url) = Url::parse(text) else { return refused("it is no URL") };
        if url.scheme() != "http" {
            return refused("only `http` proxies are asked; TLS goes through them, not to them");
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return refused("it goes on after the port");
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return refused("it has no host"),
        };
        let user: Vec<u8> = percent_decode_str(url.username()).collect();
        if user.contains(&b':') {
            return refused("a user's name cannot have a colon");
        }
        let port = url.port_or_known_default().unwrap_or(80);
        Ok(Self { host, port, credentials: credentials(&user, url.password())? })
    }
}

impl Proxy {
    /// The same proxy, asked with these credentials.
    #[must_use]
    pub fn with(self, credentials: Credentials) -> Self {
        Self { credentials: Some(credentials), ..self }
    }

    /// Whether it is asked with credentials.
    #[must_use]
    pub const fn has_credentials(&self) -> bool {
        self.credentials.is_some()
    }

    /// Opens a TCP connection to the proxy and has it extended to `to`.
    pub(crate) async fn connect(&self, to: SocketAddr) -> Result<TcpStream, CarrierError> {
        let reached = TcpStream::connect((self.host.as_str(), self.port)).await;
        let mut stream = reached.map_err(|source| CarrierError::Connect { to: self.to_string(), source })?;
        let broken = |source| CarrierError::Connect { to: self.to_string(), source };
        stream.write_all(self.request(to).as_bytes()).await.map_err(broken)?;
        let mut head = Vec::with_capacity(512);
        loop {
            let read = stream.read_buf(&mut head).await.map_err(broken)?;
            match self.answer(&head) {
                Ok(true) => return Ok(stream),
                Ok(false) if read == 0 => return Err(self.odd("ends in the middle")),
                Ok(false) if head.len() >= HEAD_BYTES_MAX => {
                    return Err(self.odd("is longer than 8192 bytes"));
                }
                Ok(false) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn request(&self, to: SocketAddr) -> Zeroizing<String> {
        let head = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
        Zeroizing::new(match &self.credentials {
            None => format!("{head}\r\n"),
            Some(credentials) => format!("{head}Proxy-Authorization: {}\r\n\r\n", credentials.value()),
        })
    }

    /// Whether the answer is whole, and good.
    fn answer(&self, head: &[u8]) -> Result<bool, CarrierError> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
        let mut answer = httparse::Response::new(&mut fields);
        let length = match answer.parse(head) {
            Ok(httparse::Status::Complete(length)) => length,
            Ok(httparse::Status::Partial) => return Ok(false),
            Err(_) => return Err(self.odd("is not HTTP")),
        };
        let status = answer.code.unwrap_or_default();
        if !(200..300).contains(&status) {
            let reason = answer.reason.unwrap_or_default();
            let reason = reason.chars().take(REASON_CHARS_MAX).flat_map(char::escape_debug).collect();
            return Err(CarrierError::ProxyRefused { proxy: self.to_string(), status, reason });
        }
        // Nobody has spoken TLS yet, so nobody can have answered.
        if length < head.len() { Err(self.odd("says more than it was asked")) } else { Ok(true) }
    }

    fn odd(&self, how: &'static str) -> CarrierError {
        CarrierError::ProxyOdd { proxy: self.to_string(), how }
    }
}

fn credentials(user: &[u8], password: Option<&str>) -> Result<Option<Credentials>, CarrierError> {
    if user.is_empty() && password.is_none() {
        return Ok(None);
    }
    let mut pair = Zeroizing::new(user.to_vec());
    pair.push(b':');
    pair.extend(percent_decode_str(password.unwrap_or_default()));
    Credentials::new(&pair).map(Some)
}

impl fmt::Display for Proxy {
    /// Host and port; never the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, .. } = self;
        if host.contains(':') { write!(f, "[{host}]:{port}") } else { write!(f, "{host}:{port}") }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(text: &str) -> Proxy {
        text.parse().unwrap()
    }

    fn to() -> SocketAddr {
        "[2001:db8::1]:443".parse().unwrap()
    }

    #[test]
    fn a_request_names_the_landmark_and_carries_the_credentials() {
        let plain = "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n\r\n";
        assert_eq!(*proxy("http://proxy.example:3128").request(to()), plain);
        // RFC 7617, section 2.
        let request = proxy("http://Aladdin:open%20sesame@proxy.example").request(to());
        assert!(request.ends_with("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n"));
    }

    #[test]
    fn urls_that_are_no_proxy_are_refused_without_repeating_them() {
        let bad = [
            ("secret", "it is no URL"),
            ("https://u:secret@host", "only `http`"),
            ("http://u:secret@host/path", "after the port"),
            ("http://u%3ax:secret@host", "colon"),
        ];
        for (text, why) in bad {
            let told = text.parse::<Proxy>().unwrap_err().to_string();
            assert!(told.contains(why) && !told.contains("secret"), "{told}");
        }
        let proxy = proxy("http://u:secret@[::1]:3128");
        assert_eq!(
            (proxy.to_string(), format!("{proxy:?}")),
            ("[::1]:3128".into(), "Proxy([::1]:3128)".into())
        );
    }

    #[test]
    fn answers_are_read_to_their_end_and_no_further() {
        let proxy = proxy("http://host:1");
        let whole = b"HTTP/1.0 200 Connection established\r\nProxy-agent: x\r\n\r\n";
        for end in 0..whole.len() {
            assert!(!proxy.answer(&whole[..end]).unwrap(), "{end} bytes");
        }
        assert!(proxy.answer(whole).unwrap());
        let told = |head: &[u8]| proxy.answer(head).unwrap_err().to_string();
        assert!(told(&[whole.as_slice(), b"x"].concat()).contains("more than it was asked"));
        assert!(told(b"SSH-2.0-OpenSSH\r\n").contains("not HTTP"));
        let refused = told(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
        assert!(refused.contains("407") && refused.contains("password"), "{refused}");
        assert!(told(b"HTTP/1.1 403 Filtered\r\n\r\n").contains("403 `Filtered`"));
    }
}
