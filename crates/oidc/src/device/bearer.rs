//! The token that a program sends, and where it may go.

use std::time::SystemTime;

use url::Url;

use super::file::Kept;
use super::{DeviceError, Login, Secret, TokenFile};
use crate::http_client::is_safe;

/// The token that a program sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer(Secret);

impl Bearer {
    /// The token of a file for a server, renewed first if its life is all but over. Whoever has a token is its person,
    /// so that it goes nowhere without TLS but to this very machine, and that of a login only to its server.
    ///
    /// # Errors
    /// The file cannot be used, its token is over and cannot be renewed, or it is not for this server.
    pub async fn of(file: &TokenFile, server: &str) -> Result<Self, DeviceError> {
        if !Url::parse(server).is_ok_and(|url| is_safe(&url)) {
            return Err(DeviceError::Plain { server: server.to_owned() });
        }
        let login = match file.read()? {
            Kept::Token(token) => return Ok(Self(token)),
            Kept::Login(login) => login,
        };
        login.check_server(server)?;
        if !login.wants_renewal(SystemTime::now()) {
            return Ok(Self(login.access_token));
        }
        // What renews is good for one use with most providers, and a second use ends the whole login: one program at a
        // time, and the next one finds what the first wrote.
        let _alone = file.lock()?;
        let mut login = file.login()?.unwrap_or(*login);
        if login.renew(SystemTime::now()).await? {
            file.write(&login)?;
        }
        Ok(Self(login.access_token))
    }

    /// What the header `authorization` says.
    #[must_use]
    pub fn header(&self) -> Secret {
        Secret::new(format!("Bearer {}", self.0.expose()))
    }
}

impl Login {
    fn check_server(&self, server: &str) -> Result<(), DeviceError> {
        let origin = |url: &str| Url::parse(url).ok().map(|url| url.origin());
        match &self.server {
            Some(own) if origin(own) != origin(server) => {
                Err(DeviceError::OtherServer { server: server.to_owned(), own: own.clone() })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn login(server: Option<&str>) -> Login {
        Login {
            issuer: "https://id.example.org".into(),
            client_id: "cli".into(),
            ca: PathBuf::new(),
            resource: None,
            server: server.map(str::to_owned),
            access_token: Secret::new("abc.def.ghi".into()),
            expires_s: u64::MAX,
            refresh_token: None,
        }
    }

    async fn sent(login: &Login, server: &str) -> Result<String, DeviceError> {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::at(&folder.path().join("token"));
        file.write(login).unwrap();
        Bearer::of(&file, server).await.map(|bearer| bearer.header().expose().to_owned())
    }

    #[tokio::test]
    async fn a_token_goes_to_its_server_and_nowhere_in_the_clear() {
        let own = login(Some("https://lightcone.example.org:7443"));
        let header = sent(&own, "https://lightcone.example.org:7443/").await.unwrap();
        assert_eq!(header, "Bearer abc.def.ghi");
        for other in
            ["https://lightcone.example.com:7443", "https://lightcone.example.org", "http://127.0.0.1:7443"]
        {
            assert!(matches!(sent(&own, other).await, Err(DeviceError::OtherServer { .. })), "{other}");
        }
        let any = login(None);
        assert!(sent(&any, "http://127.0.0.1:7443").await.is_ok());
        assert!(matches!(sent(&any, "http://lightcone.example.org").await, Err(DeviceError::Plain { .. })));
    }
}
