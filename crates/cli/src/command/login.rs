//! `lightcone login`, `logout`: a person's token, by device code.

use lightcone_oidc::device::{DeviceError, Prompt, Request, TokenFile};
use tokio::runtime::{Builder, Runtime};

use super::Notes;
use crate::args::LoginArgs;
use crate::exit::{Exit, Failure, Outcome};
use crate::remote::line::stoppable;
use crate::{out, stop};

/// Logs in. What is to be done in the browser is always told, even with `--quiet`: without it nobody gets any further.
pub(crate) fn login(args: &LoginArgs) -> Outcome<Exit> {
    stop::listen()?;
    let file = TokenFile::of_person().map_err(told)?;
    let request = Request {
        issuer: args.issuer.clone(),
        client_id: args.client_id.clone(),
        scope: args.scope.clone(),
        resource: args.resource.clone(),
        audience: args.audience.clone(),
        server: args.server.clone(),
        ca: args.ca.clone().unwrap_or_default(),
    };
    let login = runtime()?.block_on(stoppable(request.login(ask)))?.map_err(told)?;
    file.write(&login).map_err(told)?;
    out::note(&format!("logged in with {}; the token is in {}", login.issuer, file.path().display()));
    Ok(Exit::Answered)
}

/// Gives the login back, and forgets it even where the provider cannot be reached.
pub(crate) fn logout(notes: Notes) -> Outcome<Exit> {
    let file = TokenFile::of_person().map_err(told)?;
    let login = match file.login() {
        Ok(Some(login)) => login,
        Ok(None) => {
            notes.say("nobody is logged in");
            return Ok(Exit::Answered);
        }
        // A file that cannot be read is of no use to anyone, and to be gone all the same.
        Err(error) => {
            file.remove().map_err(told)?;
            return Err(told(error));
        }
    };
    file.remove().map_err(told)?;
    match runtime()?.block_on(login.revoke()) {
        Ok(true) => {}
        Ok(false) => notes.say(&format!("{} takes no logins back; the token ends by itself", login.issuer)),
        Err(error) => notes.say(&format!("the token is removed here, but not given back: {error}")),
    }
    Ok(Exit::Answered)
}

fn ask(prompt: &Prompt) {
    let minutes = prompt.life.as_secs().div_ceil(60);
    out::note(&format!("open {}", prompt.page));
    out::note(&format!("and confirm the code {} within {minutes} min", prompt.code));
    if let Some(page) = &prompt.page_with_code {
        out::note(&format!("or open {page}"));
    }
}

/// What a failure of the login is to scripts.
pub(crate) fn told(error: DeviceError) -> Failure {
    match error {
        DeviceError::File { .. } | DeviceError::Setup(_) => Failure::input(error.to_string()),
        DeviceError::Plain { .. } | DeviceError::OtherServer { .. } | DeviceError::NoHome => {
            Failure::usage(error.to_string())
        }
        _ => Failure::server(error.to_string()),
    }
}

fn runtime() -> Outcome<Runtime> {
    let built = Builder::new_current_thread().enable_all().build();
    built.map_err(|error| Failure::machine(format!("cannot start the network: {error}")))
}
