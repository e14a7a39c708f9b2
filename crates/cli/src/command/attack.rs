//! `lightcone attack`: attacks in the box, and on landmarks and agents that the user owns.

use std::io::Write;
use std::time::Duration;

use lightcone_rehearsal::{ATTACKS, Scene, attack};
use lightcone_wan::{Attack, SeenAs, Target, attack as kinds};

use super::{Notes, relay};
use crate::args::{AttackCommand, AttackRelayArgs, AttackRunArgs};
use crate::demo::failed;
use crate::exit::{Exit, Failure, Outcome};
use crate::out::{Out, Tone};
use crate::stop;

/// Lists attacks, tries them, or is one.
pub(crate) fn run(command: &AttackCommand, notes: Notes) -> Outcome<Exit> {
    match command {
        AttackCommand::List => list(),
        AttackCommand::Run(args) => play(args),
        AttackCommand::Relay(args) => intercept(args, notes),
    }
}

fn list() -> Outcome<Exit> {
    let mut out = Out::open(None)?;
    let style = out.style();
    for scene in &ATTACKS {
        writeln!(out, "{}", style.paint(Tone::Strong, scene.name))?;
        writeln!(out, "  {}", scene.does)?;
        writeln!(out, "  needs     {}", scene.needs)?;
        writeln!(out, "  expected  {}", scene.expected)?;
    }
    out.finish()?;
    Ok(Exit::Answered)
}

fn play(args: &AttackRunArgs) -> Outcome<Exit> {
    stop::listen()?;
    let wanted: Vec<&Scene> =
        ATTACKS.iter().filter(|scene| args.name == "all" || scene.name == args.name).collect();
    if wanted.is_empty() {
        let names = ATTACKS.map(|scene| scene.name).join(", ");
        return Err(Failure::usage(format!("there is no attack `{}`; there are: {names}", args.name)));
    }
    let mut out = Out::open(None)?;
    let style = out.style();
    let (mut held, all) = (0, wanted.len());
    for scene in wanted {
        stop::check()?;
        let folder = Folder::new(scene.name)?;
        writeln!(out, "{}: {}", style.paint(Tone::Strong, scene.name), scene.does)?;
        out.flush()?;
        let tried = attack(scene, folder.0.clone()).map_err(failed)?;
        let (tone, word) = if tried.held { (Tone::Good, "HELD") } else { (Tone::Bad, "BROKEN") };
        writeln!(out, "  expected  {}", tried.expected)?;
        writeln!(out, "  found     {}", tried.found)?;
        writeln!(out, "  {}", style.paint(tone, word))?;
        out.flush()?;
        held += usize::from(tried.held);
    }
    writeln!(out, "{held} of {all} held")?;
    out.finish()?;
    Ok(if held == all { Exit::Answered } else { Exit::Amiss })
}

/// A folder for one system, removed with it.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Outcome<Self> {
        let path = std::env::temp_dir().join(format!("lightcone-attack-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)
            .map_err(|error| Failure::machine(format!("cannot write `{}`: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind is in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Stands in front of a landmark until ctrl-c, and attacks.
fn intercept(args: &AttackRelayArgs, notes: Notes) -> Outcome<Exit> {
    stop::listen()?;
    let pairs = [(args.listen, args.landmark)];
    let wan = relay::open(&pairs, SeenAs::Client)?;
    for (target, attack) in attacks(args) {
        wan.attack(target, attack).map_err(|error| Failure::usage(error.to_string()))?;
    }
    relay::keep(wan, &pairs, notes)
}

fn attacks(args: &AttackRelayArgs) -> Vec<(Target, Attack)> {
    let (to, from) = (Target::To(relay::LANDMARKS), Target::From(relay::LANDMARKS));
    let mut attacks: Vec<(Target, Attack)> = Vec::new();
    if args.add_delay_ms > 0 {
        attacks.push((to, kinds::AddDelay { by: Duration::from_millis(args.add_delay_ms) }.into()));
    }
    if args.lose > 0.0 {
        attacks.push((to, kinds::Lose { share: args.lose }.into()));
    }
    if args.corrupt > 0.0 {
        attacks.push((to, kinds::Corrupt { share: args.corrupt, bits: 1 }.into()));
    }
    if let Some(ms) = args.replay_ms {
        let (after, into) = (Duration::from_millis(ms), kinds::Session::Same);
        attacks.push((to, kinds::Replay { after, into }.into()));
    }
    if let Some(us) = args.early_us {
        let (after, forgery) = (Duration::from_micros(us), kinds::Forgery::RandomProof);
        attacks.push((from, kinds::EarlyAnswer { after, forgery }.into()));
    }
    if args.silence {
        attacks.push((to, kinds::Silence.into()));
    }
    attacks
}
