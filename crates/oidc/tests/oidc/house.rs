//! A provider on loopback that answers as a test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use lightcone_oidc::{Claims, OidcSettings, Provider, TokenError, Verifier};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub(crate) const AUDIENCE: &str = "https://lightcone.example.org";
pub(crate) const KEYS: &str = "/keys";
pub(crate) const DISCOVERY: &str = "/.well-known/openid-configuration";

/// An answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn json(value: &Value) -> Self {
        Self { head: "200 OK".into(), body: value.to_string().into_bytes(), delay: Duration::ZERO }
    }

    pub(crate) fn head(head: &str) -> Self {
        Self { head: head.into(), body: Vec::new(), delay: Duration::ZERO }
    }
}

/// The provider.
pub(crate) struct House {
    pub(crate) issuer: String,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl House {
    /// Opens a provider with some keys.
    pub(crate) async fn open(keys: &[Value]) -> Self {
        Self::serve(keys, None).await
    }

    pub(crate) async fn open_with_tls(keys: &[Value], tls: TlsAcceptor) -> Self {
        Self::serve(keys, Some(tls)).await
    }

    async fn serve(keys: &[Value], tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let port = listener.local_addr().unwrap().port();
        let host = if tls.is_some() { "localhost" } else { "127.0.0.1" };
        let house = Self {
            issuer: format!("{scheme}://{host}:{port}"),
            answers: Arc::default(),
            asked: Arc::default(),
        };
        house.publish(keys);
        house.answer(DISCOVERY, Answer::json(&house.metadata()));
        let (answers, asked) = (Arc::clone(&house.answers), Arc::clone(&house.asked));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (answers, asked, tls) = (Arc::clone(&answers), Arc::clone(&asked), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => respond(socket, &answers, &asked).await,
                        Some(tls) => {
                            if let Ok(socket) = tls.accept(socket).await {
                                respond(socket, &answers, &asked).await;
                            }
                        }
                    }
                });
            }
        });
        house
    }

    pub(crate) fn metadata(&self) -> Value {
        json!({"issuer": self.issuer, "jwks_uri": format!("{}{KEYS}", self.issuer)})
    }

    pub(crate) fn publish(&self, keys: &[Value]) {
        self.answer(KEYS, Answer::json(&json!({"keys": keys})));
    }

    pub(crate) fn answer(&self, path: &str, answer: Answer) {
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// How often a path was asked for.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| *asked == path).count()
    }

    pub(crate) fn settings(&self) -> OidcSettings {
        let provider =
            Provider { issuer: self.issuer.clone(), audience: AUDIENCE.into(), ..Provider::default() };
        OidcSettings { providers: vec![provider], ..OidcSettings::default() }
    }

    pub(crate) async fn verifier(&self) -> Verifier {
        Verifier::start(&self.settings()).await.unwrap()
    }
}

/// Whether a token holds now.
pub(crate) async fn verify(verifier: &Verifier, token: &str) -> Result<Claims, TokenError> {
    verifier.verify(token, SystemTime::now()).await
}

/// The word for why a token does not hold.
pub(crate) async fn cause(verifier: &Verifier, token: &str) -> &'static str {
    verify(verifier, token).await.expect_err("it must not hold").cause()
}

async fn respond(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    answers: &Mutex<HashMap<String, Answer>>,
    asked: &Mutex<Vec<String>>,
) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        match socket.read_u8().await {
            Ok(byte) => request.push(byte),
            Err(_) => return,
        }
    }
    let request = String::from_utf8(request).unwrap();
    let path = request.split(' ').nth(1).unwrap().to_owned();
    let answer = answers.lock().unwrap().get(&path).cloned();
    asked.lock().unwrap().push(path);
    let answer = answer.unwrap_or_else(|| Answer::head("404 Not Found"));
    tokio::time::sleep(answer.delay).await;
    let head = format!("HTTP/1.1 {}\r\ncontent-length: {}\r\n\r\n", answer.head, answer.body.len());
    let _ = socket.write_all(head.as_bytes()).await;
    let _ = socket.write_all(&answer.body).await;
    let _ = socket.flush().await;
}
