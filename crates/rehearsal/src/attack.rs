//! Attacks, each tried out in the box against the finding that is promised of it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use lightcone_core::Finding;
use lightcone_wan::Target;
use lightcone_wan::attack;

use crate::cast::{AgentPart, Cast};
use crate::error::RehearsalError;
use crate::seen::{Asked, Sight};
use crate::stage::{Outcome, Stage, StageSettings};

/// The chip that is attacked, or whose owner attacks.
const CHIP: &str = "tuas-01";
/// What the owner adds to every answer.
const DELAY: Duration = Duration::from_millis(60);
/// How long after a challenge a made-up answer is there.
const EARLY: Duration = Duration::from_micros(300);
/// How long after an answer its copy comes.
const LATER: Duration = Duration::from_millis(5);
/// How long a system may take to be ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often something is looked at that takes its time.
const LOOK: Duration = Duration::from_millis(100);
/// The alert about what moved faster than chips are carried.
const MOVED: &str = "MOVED_TOO_FAST";
/// Time between two rounds in which landmarks measure one another, where that matters.
const MESH_INTERVAL: Duration = Duration::from_millis(1_500);

/// One attack.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Its name.
    pub name: &'static str,
    /// What is done.
    pub does: &'static str,
    /// What an attacker needs for it.
    pub needs: &'static str,
    /// What must come of it.
    pub expected: &'static str,
    /// What differs from a quick system of honest parts.
    prepare: fn(&mut StageSettings),
    play: fn(&mut Stage) -> Result<Played, RehearsalError>,
}

/// What came of an attack.
#[derive(Clone, Debug)]
pub struct Tried {
    /// Which one.
    pub name: &'static str,
    /// What must come of it.
    pub expected: &'static str,
    /// What was found, in words.
    pub found: String,
    /// Whether that is what must come of it.
    pub held: bool,
}

/// What was found, and whether it is what was promised.
struct Played {
    found: String,
    held: bool,
}

/// All attacks that can be tried.
pub const ATTACKS: [Scene; 9] = [
    Scene {
        name: "smuggle",
        does: "the chip is carried to Shenzhen and goes on claiming Singapore",
        needs: "the chip",
        expected: "the claim is IMPOSSIBLE, and not PROVEN outside China",
        prepare: as_it_is,
        play: smuggle,
    },
    Scene {
        name: "add-delay",
        does: "the owner holds every answer back by 60 ms",
        needs: "the chip's own host or router",
        expected: "the region grows; not PROVEN, and the claim stays POSSIBLE",
        prepare: as_it_is,
        play: add_delay,
    },
    Scene {
        name: "relay",
        does: "a machine in Singapore forwards challenges to the chip in Shenzhen",
        needs: "a machine near the landmarks and a line to the chip",
        expected: "not PROVEN outside China: the detour shows",
        prepare: as_it_is,
        play: relay,
    },
    Scene {
        name: "early-answer",
        does: "a machine in Singapore answers with made-up proofs before the chip in Shenzhen can",
        needs: "a machine near the landmarks",
        expected: "made-up proofs count for nothing; the claim is not believed",
        prepare: as_it_is,
        play: early_answer,
    },
    Scene {
        name: "replay",
        does: "old answers are sent again, in later sessions too",
        needs: "a listener on the way",
        expected: "they count for nothing: the finding is that of an honest session",
        prepare: as_it_is,
        play: replay,
    },
    Scene {
        name: "corrupt",
        does: "bits of every third answer are flipped",
        needs: "a router on the way",
        expected: "what is flipped counts for nothing: the finding is that of an honest session",
        prepare: as_it_is,
        play: corrupt,
    },
    Scene {
        name: "lying-landmark",
        does: "a landmark in Shenzhen says that it stands next to Singapore, and vouches for the smuggled chip",
        needs: "a landmark that was enrolled",
        expected: "with f = 1 the claim stays IMPOSSIBLE; the audit suspends the landmark",
        prepare: with_liar,
        play: lying_landmark,
    },
    Scene {
        name: "clone",
        does: "the key is used in Singapore, and seconds later in Germany",
        needs: "a copy of a software key",
        expected: "an alert: nothing that carries chips is that fast",
        prepare: as_it_is,
        play: clone,
    },
    Scene {
        name: "silence",
        does: "the agent attests and then answers no challenge",
        needs: "the chip's own host",
        expected: "STALE: silence is never taken for an answer",
        prepare: as_it_is,
        play: silence,
    },
];

/// Tries an attack on a system of its own, whose store is kept in `folder`.
///
/// # Errors
/// The system does not start or does not go on.
pub fn attack(scene: &Scene, folder: PathBuf) -> Result<Tried, RehearsalError> {
    let mut settings = StageSettings::quick(folder);
    (scene.prepare)(&mut settings);
    let mut stage = Stage::open(cast(), settings)?;
    stage.settle(PATIENCE)?;
    let played = (scene.play)(&mut stage)?;
    stage.close()?;
    Ok(Tried { name: scene.name, expected: scene.expected, found: played.found, held: played.held })
}

const fn as_it_is(_: &mut StageSettings) {}

/// A liar can join, and landmarks measure one another, which is how it is found.
fn with_liar(settings: &mut StageSettings) {
    settings.understudies = Cast::liar().into_iter().collect();
    settings.mesh_interval = MESH_INTERVAL;
}

/// The demo's landmarks and one chip.
fn cast() -> Cast {
    let demo = Cast::demo();
    let is_chip = |agent: &AgentPart| agent.id == CHIP;
    Cast {
        agents: demo.agents.into_iter().filter(is_chip).collect(),
        sites: demo.sites.into_iter().filter(|site| site.id == "tuas").collect(),
        landmarks: demo.landmarks,
    }
}

/// One session of the chip.
fn look(stage: &Stage) -> Result<Sight, RehearsalError> {
    match stage.ask(&[CHIP.to_owned()])?.remove(CHIP) {
        Some(Outcome::Verdict(sight)) => Ok(*sight),
        _ => Err(RehearsalError::Odd("a session of an agent that attends was missed")),
    }
}

fn outside(sight: &Sight) -> Option<Finding> {
    sight.finding(Asked::Outside)
}

fn claim(sight: &Sight) -> Option<Finding> {
    sight.finding(Asked::Claim)
}

fn told(sight: &Sight, held: bool) -> Played {
    let name = |finding: Option<Finding>| finding.map_or("no answer", Finding::name);
    let region = sight.area_m2.map_or_else(String::new, |area| format!(", {} km²", area / 1_000_000));
    let (outside, claim) = (name(outside(sight)), name(claim(sight)));
    Played { found: format!("outside the forbidden areas: {outside}; claim: {claim}{region}"), held }
}

/// Whether a chip in Shenzhen that claims Singapore is found out.
fn is_caught(sight: &Sight) -> bool {
    claim(sight) == Some(Finding::Impossible) && is_unproven(sight)
}

/// Whether it was asked if the chip is outside the forbidden areas, and not proven.
fn is_unproven(sight: &Sight) -> bool {
    outside(sight).is_some_and(|finding| finding != Finding::Proven)
}

/// The chip is carried to Shenzhen.
fn carry_off(stage: &mut Stage) -> Result<(), RehearsalError> {
    stage.carry(CHIP, &Cast::shenzhen().ok_or(RehearsalError::Odd("a place"))?)
}

fn smuggle(stage: &mut Stage) -> Result<Played, RehearsalError> {
    carry_off(stage)?;
    let sight = look(stage)?;
    Ok(told(&sight, is_caught(&sight)))
}

fn add_delay(stage: &mut Stage) -> Result<Played, RehearsalError> {
    let before = look(stage)?;
    stage.attack_agent(CHIP, Target::From, attack::AddDelay { by: DELAY })?;
    let after = look(stage)?;
    // A region that is no longer bounded is larger than any.
    let grew = after.area_m2.is_none() || after.area_m2 > before.area_m2;
    let held = grew && is_unproven(&after) && claim(&after) == Some(Finding::Possible);
    Ok(told(&after, held))
}

fn relay(stage: &mut Stage) -> Result<Played, RehearsalError> {
    let near = stage.host("sg-1")?;
    stage.attack_agent(CHIP, Target::Host, attack::RelayElsewhere { via: near })?;
    carry_off(stage)?;
    let sight = look(stage)?;
    Ok(told(&sight, is_unproven(&sight)))
}

fn early_answer(stage: &mut Stage) -> Result<Played, RehearsalError> {
    for forgery in [attack::Forgery::RandomProof, attack::Forgery::Recorded, attack::Forgery::Echo] {
        stage.attack_agent(CHIP, Target::To, attack::EarlyAnswer { after: EARLY, forgery })?;
    }
    smuggle(stage)
}

fn replay(stage: &mut Stage) -> Result<Played, RehearsalError> {
    for into in [attack::Session::Same, attack::Session::Other] {
        stage.attack_agent(CHIP, Target::From, attack::Replay { after: LATER, into })?;
    }
    look(stage)?;
    let sight = look(stage)?;
    Ok(told(&sight, is_honest(&sight)))
}

fn corrupt(stage: &mut Stage) -> Result<Played, RehearsalError> {
    stage.attack_agent(CHIP, Target::From, attack::Corrupt { share: 1.0 / 3.0, bits: 1 })?;
    let sight = look(stage)?;
    Ok(told(&sight, is_honest(&sight)))
}

fn is_honest(sight: &Sight) -> bool {
    outside(sight) == Some(Finding::Proven) && claim(sight) == Some(Finding::Possible)
}

fn lying_landmark(stage: &mut Stage) -> Result<Played, RehearsalError> {
    let liar = Cast::liar().ok_or(RehearsalError::Odd("a place"))?;
    carry_off(stage)?;
    stage.join(&liar)?;
    let outcome = stage.ask_until_heard(CHIP, |id| id == liar.id, PATIENCE)?;
    let sight =
        outcome.sight().ok_or(RehearsalError::Odd("a session of an agent that attends was missed"))?;
    let played = told(sight, is_caught(sight));
    let (state, why) = until(|| stage.landmark_state(&liar.id), |(state, _)| state == "SUSPENDED")?;
    let found = format!("{}; landmark {}: {state} {why}", played.found, liar.id);
    Ok(Played { found, held: played.held && state == "SUSPENDED" })
}

/// Looks again and again until what is seen is what is waited for, or patience ends.
fn until<T>(
    look: impl Fn() -> Result<T, RehearsalError>,
    is_it: impl Fn(&T) -> bool,
) -> Result<T, RehearsalError> {
    let started = Instant::now();
    loop {
        let seen = look()?;
        if is_it(&seen) || started.elapsed() > PATIENCE {
            return Ok(seen);
        }
        std::thread::sleep(LOOK);
    }
}

fn clone(stage: &mut Stage) -> Result<Played, RehearsalError> {
    look(stage)?;
    let hanau = Cast::demo().sites.into_iter().find(|site| site.id == "hanau");
    stage.carry(CHIP, &hanau.ok_or(RehearsalError::Odd("a place"))?.spot)?;
    look(stage)?;
    // An alert follows its verdict by a moment.
    let alerts = until(|| stage.alerts(), |alerts| alerts.iter().any(|(kind, ..)| kind == MOVED))?;
    let moved = alerts.iter().find(|(kind, ..)| kind == MOVED);
    let found = moved.map_or_else(|| "no alert".to_owned(), |(kind, _, detail)| format!("{kind}: {detail}"));
    Ok(Played { found, held: moved.is_some() })
}

fn silence(stage: &mut Stage) -> Result<Played, RehearsalError> {
    stage.attack_agent(CHIP, Target::From, attack::Silence)?;
    let sight = look(stage)?;
    let held = outside(&sight) == Some(Finding::Stale) && claim(&sight) == Some(Finding::Stale);
    Ok(told(&sight, held))
}
