//! Who calls: the token that goes along with every call.

use lightcone_oidc::device::{Bearer, DeviceError, TokenFile};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::args::WayArgs;
use crate::command::login::told;
use crate::exit::{Failure, Outcome};

/// Who calls.
#[derive(Clone)]
pub(crate) struct Caller(Option<MetadataValue<Ascii>>);

impl Caller {
    /// Nobody in particular.
    pub(crate) const fn nobody() -> Self {
        Self(None)
    }

    /// Whoever the command line, or else the login says. A login that is not for this server stays here, and so it does
    /// where a certificate says who calls; a token that was asked for by name is sent or the call is not made.
    pub(crate) async fn of(way: &WayArgs, server: &str) -> Outcome<Self> {
        let named = way.token_file.as_deref().map(TokenFile::at);
        let bearer = match &named {
            Some(file) => Bearer::of(file, server).await,
            None => match TokenFile::of_person() {
                Ok(file) if file.exists() && !is_certified(way) => Bearer::of(&file, server).await,
                _ => return Ok(Self(None)),
            },
        };
        match bearer {
            Ok(bearer) => Self::bearing(&bearer),
            Err(DeviceError::Plain { .. } | DeviceError::OtherServer { .. }) if named.is_none() => {
                Ok(Self(None))
            }
            Err(error) => Err(told(error)),
        }
    }

    fn bearing(bearer: &Bearer) -> Outcome<Self> {
        let value = MetadataValue::try_from(bearer.header().expose());
        // The error would quote the token.
        let mut value = value.map_err(|_| Failure::input("the token is no plain text"))?;
        value.set_sensitive(true);
        Ok(Self(Some(value)))
    }
}

/// Whether a certificate says who calls. A token that is not bound to it would have the call refused.
fn is_certified(way: &WayArgs) -> bool {
    way.tls.certificate.is_some() || way.tls.workload_api.is_some()
}

impl Interceptor for Caller {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}
