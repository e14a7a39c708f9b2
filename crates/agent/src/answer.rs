//! Answering the landmarks of a plan: a thread and sockets that live as long as one session.

use std::io;
use std::sync::mpsc::{Receiver, sync_channel};

use lightcone_probe::agent::Settings as Answering;
use lightcone_probe::plan::Plan;
use lightcone_probe::transcript::Transcript;
use lightcone_probe::udp::socket::Stamping;
use lightcone_probe::udp::{AgentSetup, AgentThread, Bound, Engagement, Event, Sockets};

use crate::carrier;
use crate::config::Settings;
use crate::error::Refused;
use crate::keys::{SessionKeys, random};

/// What the thread may have to say at once: a word for each landmark, and its end.
const EVENTS_MAX: usize = 128;

/// Answers until the session is over. Dropping it ends the thread.
pub(crate) async fn answer(
    settings: &Settings,
    plan: Plan,
    keys: &SessionKeys,
) -> Result<Transcript, Refused> {
    let (events, said) = sync_channel(EVENTS_MAX);
    let plan = settings.relays.stand_in(plan)?;
    let sockets = bind(settings).map_err(system("binding sockets"))?;
    let way = settings.way.as_ref();
    let answering = Answering { flags: way.map_or(0, carrier::flags), ..Answering::default() };
    let setup = AgentSetup { settings: answering, seed: *random()?, busy_poll: settings.busy_poll };
    let thread = AgentThread::start(sockets, setup, events).map_err(system("starting a thread"))?;
    let (plan, _bridges) = carrier::reached(way, plan, thread.bound()).await?;
    let engagement = Engagement { plan, key: keys.exchange.clone() };
    thread
        .engage(engagement)
        .map_err(|error| Refused::System { what: "answering", cause: error.to_string() })?;
    // The thread goes with this future, and with the thread the channel that is waited at.
    let end = tokio::task::spawn_blocking(move || wait(&said)).await;
    drop(thread);
    end.unwrap_or_else(|error| Err(Refused::System { what: "answering", cause: error.to_string() }))
}

/// The sockets that the settings ask for.
pub(crate) fn bind(settings: &Settings) -> io::Result<Sockets> {
    Sockets::bind(Bound { v4: settings.bind_v4, v6: settings.bind_v6 }, Stamping::Off)
}

fn wait(said: &Receiver<Event>) -> Result<Transcript, Refused> {
    let failed = |cause: String| Err(Refused::System { what: "answering", cause });
    loop {
        match said.recv() {
            Ok(Event::Answered(transcript)) => return Ok(transcript),
            Ok(Event::NotEngaged { why, .. }) => return failed(why.to_string()),
            Ok(Event::Failed(error)) => return failed(error.to_string()),
            Ok(Event::Established { landmark, .. }) => tracing::debug!(%landmark, "established"),
            Ok(_) => {}
            Err(_) => return failed("the thread ended".to_owned()),
        }
    }
}

fn system(what: &'static str) -> impl FnOnce(io::Error) -> Refused {
    move |error| Refused::System { what, cause: error.to_string() }
}
