//! The acts: an honest world, a chip that moves, delay, a lying landmark, silence, and the gate.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use lightcone_core::{Age, Finding, Residency};
use lightcone_custody::{Decision, Gate, Terms};
use lightcone_rehearsal::{Asked, Cast, Outcome as Seen, RehearsalError, Sight, Stage, judge};
use lightcone_wan::{Target, attack};

use super::board::{self, Board};
use super::{PATIENCE, failed, pictures};
use crate::command::Notes;
use crate::exit::{Failure, Outcome};
use crate::out::{Out, Tone};
use crate::stop;

/// The site that the order goes to.
const SITE: &str = "tuas";
/// A chip with one landmark nearby.
const LONELY: &str = "thane-01";
/// The chip that moves.
const SMUGGLED: &str = "tuas-07";
/// Chips that fall silent.
const SILENT: [&str; 5] = ["tuas-11", "tuas-12", "tuas-13", "tuas-14", "tuas-15"];
/// What the smuggled chip's owner adds to each answer.
const DELAY: Duration = Duration::from_millis(60);
/// How long the audit of the mesh may take to find the liar.
const AUDIT: Duration = Duration::from_secs(15);
/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// What every picture says first.
const TITLE: &str = "UNATTESTED, SIMULATED";
/// The gate: of 20 chips, 18 proven, at most 2 silent, no finding older than a day, whatever one group of landmarks
/// says.
const TERMS: Terms = Terms {
    shipped: 20,
    proven_min: 18,
    silent_max_ppm: 100_000,
    max_age: match Age::from_ns(86_400_000_000_000) {
        Ok(age) => age,
        Err(_) => unreachable!(),
    },
    residency_min: Residency::R0,
    liars_min: 1,
    simulation: true,
};

/// The story so far.
pub(super) struct Story {
    stage: Stage,
    folder: PathBuf,
    notes: Notes,
    /// What became of each chip's sessions, oldest first.
    history: BTreeMap<String, Vec<Seen>>,
    pictures: Vec<String>,
    summary: Vec<String>,
    /// What came out otherwise than the acts say.
    surprises: Vec<String>,
}

impl Story {
    pub(super) fn new(stage: Stage, folder: PathBuf, notes: Notes) -> Self {
        let (history, pictures, summary) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { stage, folder, notes, history, pictures, summary, surprises: Vec::new() }
    }

    pub(super) fn url(&self) -> &str {
        self.stage.url()
    }

    pub(super) fn summary(&self) -> &[String] {
        &self.summary
    }

    pub(super) fn pictures(&self) -> &[String] {
        &self.pictures
    }

    pub(super) fn surprises(&self) -> &[String] {
        &self.surprises
    }

    /// Holds what was found against what the act says.
    fn expect(&mut self, held: bool, what: &str) {
        if !held {
            self.surprises.push(what.to_owned());
        }
    }

    pub(super) fn end(self) -> Result<(), RehearsalError> {
        self.stage.close()
    }

    /// Plays all acts.
    pub(super) fn play(&mut self, out: &mut Out) -> Outcome<()> {
        let acts: [(&str, Act); 6] = [
            ("An honest world: every chip is asked", Self::honest),
            ("Thane has one landmark nearby, and one may lie: a second one settles it", Self::second),
            ("A chip moves: tuas-07 goes to Shenzhen and claims Singapore still", Self::smuggle),
            ("Its owner adds delay: every answer 60 ms late", Self::delay),
            ("A landmark lies: bth-1 says Batam, stands in Shenzhen", Self::liar),
            ("Silence: five chips of the tranche stop answering", Self::silence),
        ];
        for (number, (title, act)) in acts.into_iter().enumerate() {
            stop::check()?;
            let style = out.style();
            writeln!(out, "\n{}", style.paint(Tone::Strong, &format!("{}. {title}", number + 1)))?;
            out.flush()?;
            act(self, out)?;
            out.flush()?;
        }
        Ok(())
    }

    fn honest(&mut self, out: &mut Out) -> Outcome<()> {
        let everyone: Vec<String> = self.stage.cast().agents.iter().map(|agent| agent.id.clone()).collect();
        let seen = self.ask(&everyone)?;
        board::table(out, self.stage.cast(), &seen)?;
        let same = seen.values().filter_map(Seen::sight).map(|sight| self.replays(sight));
        let same = same.collect::<Outcome<Vec<bool>>>()?;
        let (all, same) = (same.len(), same.into_iter().filter(|same| *same).count());
        self.expect(same == all && all == seen.len(), "every chip has a verdict that can be computed again");
        writeln!(
            out,
            "  {same} of {all} verdicts computed again here from the samples: the same to the bit"
        )?;
        self.picture("1-tuas-01-honest", "tuas-01", "honest")?;
        let decision = self.gate();
        self.expect(decision.gate == Gate::Release, "the gate releases after an honest act");
        self.tell_gate(out, &decision)?;
        self.summary.push(format!(
            "honest: gate {} ({} of {} proven)",
            decision.gate, decision.counts.proven, TERMS.shipped
        ));
        Ok(())
    }

    /// One landmark nearby proves nothing while one may lie; a second one settles it.
    fn second(&mut self, out: &mut Out) -> Outcome<()> {
        self.picture("2-thane-01-one-landmark", LONELY, "one landmark nearby")?;
        let second = Cast::second().ok_or_else(|| Failure::machine("the cast has no second landmark"))?;
        self.stage.join(&second).map_err(failed)?;
        let seen = self.stage.ask_until_heard(LONELY, |id| id == second.id, PATIENCE).map_err(failed)?;
        self.tell_one(out, (LONELY, seen), "2-thane-01-two-landmarks", "with a second landmark nearby")?;
        self.expect(
            self.last(LONELY, Asked::Outside) == Some(Finding::Proven),
            "a second landmark settles it",
        );
        Ok(())
    }

    fn smuggle(&mut self, out: &mut Out) -> Outcome<()> {
        let shenzhen = Cast::shenzhen().ok_or_else(|| Failure::machine("the cast has no Shenzhen"))?;
        self.stage.carry(SMUGGLED, &shenzhen).map_err(failed)?;
        self.one(out, SMUGGLED, "3-tuas-07-moved", "moved")?;
        self.expect(
            self.last(SMUGGLED, Asked::Claim) == Some(Finding::Impossible),
            "the moved chip's claim is impossible",
        );
        Ok(())
    }

    fn delay(&mut self, out: &mut Out) -> Outcome<()> {
        let delay = attack::AddDelay { by: DELAY };
        let attack = self.stage.attack_agent(SMUGGLED, Target::From, delay).map_err(failed)?;
        self.one(out, SMUGGLED, "4-tuas-07-delayed", "delayed")?;
        self.expect(self.last(SMUGGLED, Asked::Outside) != Some(Finding::Proven), "delay proves nothing");
        writeln!(
            out,
            "  Delay only widens the region: a proof is lost, none is made, and no chip comes nearer by it."
        )?;
        self.stage.call_off(attack).map_err(failed)
    }

    fn liar(&mut self, out: &mut Out) -> Outcome<()> {
        let liar = Cast::liar().ok_or_else(|| Failure::machine("the cast has no liar"))?;
        self.stage.join(&liar).map_err(failed)?;
        let seen = self.stage.ask_until_heard(SMUGGLED, |id| id == liar.id, PATIENCE).map_err(failed)?;
        self.tell_one(out, (SMUGGLED, seen), "5-tuas-07-lying-landmark", "with a lying landmark")?;
        let absorbed = self.last(SMUGGLED, Asked::Claim) == Some(Finding::Impossible);
        self.expect(absorbed, "one lying landmark is absorbed");
        let started = Instant::now();
        let (state, why) = loop {
            let (state, why) = self.stage.landmark_state(&liar.id).map_err(failed)?;
            // Until a second neighbour has measured it, it is one's word against the other's.
            if (state == "SUSPENDED" && !why.contains("a tie")) || started.elapsed() > AUDIT {
                break (state, why);
            }
            stop::check()?;
            std::thread::sleep(LOOK);
        };
        writeln!(
            out,
            "  One lying group is absorbed (f = 1). The landmarks measure one another too: {} is {state}: {why}",
            liar.id
        )?;
        self.expect(state == "SUSPENDED", "the lying landmark is suspended");
        self.summary.push(format!("lying landmark {}: {state}", liar.id));
        Ok(())
    }

    fn silence(&mut self, out: &mut Out) -> Outcome<()> {
        for chip in SILENT {
            self.stage.silence(chip);
        }
        let chips = self.stage.cast().agents_of(SITE);
        let seen = self.ask(&chips)?;
        board::table(out, self.stage.cast(), &seen)?;
        let decision = self.gate();
        self.expect(decision.gate == Gate::Hold, "the gate holds in the end");
        self.tell_gate(out, &decision)?;
        self.summary.push(format!("in the end: gate {}", decision.gate));
        self.summary.extend(decision.unmet.iter().map(|unmet| format!("  {unmet}")));
        let alerts = self.stage.alerts().map_err(failed)?;
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for (kind, ..) in &alerts {
            *kinds.entry(kind).or_default() += 1;
        }
        let kinds: Vec<String> = kinds.into_iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        self.summary.push(format!("alerts for people to look at: {}", kinds.join(", ")));
        Ok(())
    }

    /// Asks one chip, shows and draws the answer.
    fn one(&mut self, out: &mut Out, chip: &str, name: &str, what: &str) -> Outcome<()> {
        let seen = self.watch(&[chip.to_owned()])?.remove(chip).unwrap_or(Seen::Missed);
        self.tell_one(out, (chip, seen), name, what)
    }

    /// Shows and draws what became of one chip's session.
    fn tell_one(&mut self, out: &mut Out, (chip, seen): (&str, Seen), name: &str, what: &str) -> Outcome<()> {
        let outcomes = self.history.entry(chip.to_owned()).or_default();
        outcomes.push(seen.clone());
        let seen = BTreeMap::from([(chip.to_owned(), seen)]);
        board::table(out, self.stage.cast(), &seen)?;
        if let Some(sight) = seen.values().find_map(Seen::sight) {
            let finding = |asked| sight.finding(asked).map_or("-", lightcone_core::Finding::name);
            let (outside, claim) = (finding(Asked::Outside), finding(Asked::Claim));
            if !sight.contradicted.is_empty() {
                writeln!(out, "  contradicted by the rest: {}", sight.contradicted.join(", "))?;
            }
            self.summary.push(format!("{chip} {what}: outside {outside}, claim {claim}"));
        }
        self.picture(name, chip, what)
    }

    /// Asks chips, with the board.
    fn watch(&self, chips: &[String]) -> Outcome<BTreeMap<String, Seen>> {
        let board = Board::new(chips, self.notes.quiet());
        let seen = self.stage.ask_telling(chips, &mut |chip, seen| board.tell(chip, seen));
        board.clear();
        seen.map_err(failed)
    }

    /// Asks chips, and remembers what became of it.
    fn ask(&mut self, chips: &[String]) -> Outcome<BTreeMap<String, Seen>> {
        let seen = self.watch(chips)?;
        for (chip, outcome) in &seen {
            self.history.entry(chip.clone()).or_default().push(outcome.clone());
        }
        Ok(seen)
    }

    /// Whether a verdict computed here has the bytes that the service gave.
    fn replays(&self, sight: &Sight) -> Outcome<bool> {
        let replay = self.stage.replay(sight).map_err(failed)?;
        Ok(sight.canonical == replay.canonical().into_bytes())
    }

    /// Draws the latest verdict on a chip.
    fn picture(&mut self, name: &str, chip: &str, what: &str) -> Outcome<()> {
        let latest = self.history.get(chip).into_iter().flatten().rev().find_map(Seen::sight);
        let Some(sight) = latest else { return Ok(()) };
        let replay = self.stage.replay(sight).map_err(failed)?;
        let cast = self.stage.cast();
        self.pictures.extend(pictures::draw(
            &self.folder,
            name,
            cast,
            chip,
            &format!("{what}; {TITLE}"),
            replay,
        )?);
        Ok(())
    }

    fn gate(&self) -> Decision {
        let now_ns =
            self.history.values().flatten().filter_map(Seen::sight).map(|sight| sight.as_of_ns).max();
        judge(&TERMS, &self.stage.cast().agents_of(SITE), &self.history, now_ns.unwrap_or_default())
    }

    /// The latest finding on a chip.
    fn last(&self, chip: &str, asked: Asked) -> Option<Finding> {
        self.history.get(chip)?.last()?.sight()?.finding(asked)
    }

    fn tell_gate(&self, out: &mut Out, decision: &Decision) -> Outcome<()> {
        let (style, counts) = (out.style(), decision.counts);
        let tone = if decision.gate == Gate::Release { Tone::Good } else { Tone::Bad };
        let gate = style.paint(tone, &decision.gate.to_string());
        let marked = if decision.simulation { " (simulation)" } else { "" };
        writeln!(
            out,
            "  Gate of the second tranche: {gate}{marked}; of {} shipped {} proven, {} open, {} silent, {} elsewhere, {} never seen",
            TERMS.shipped, counts.proven, counts.open, counts.silent, counts.elsewhere, counts.never
        )?;
        for unmet in &decision.unmet {
            writeln!(out, "    not met: {unmet}")?;
        }
        Ok(())
    }
}

type Act = fn(&mut Story, &mut Out) -> Outcome<()>;
