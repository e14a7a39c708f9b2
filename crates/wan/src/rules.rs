//! What becomes of a datagram: the path's word first, then the attackers'.

use fastrand::Rng;

use crate::WanError;
use crate::attack::{ATTACKS_MAX, Attack, AttackId, Crossing, End, Fate, Target};
use crate::host::{HostId, Place};
use crate::paths::Paths;

/// Paths, places and the attacks that run.
pub(crate) struct Rules {
    pub(crate) paths: Paths,
    pub(crate) places: Vec<Place>,
    attacks: Vec<(AttackId, Target, Attack)>,
    attacks_begun: u64,
}

impl Rules {
    pub(crate) fn new(paths: Paths, places: Vec<Place>) -> Self {
        Self { paths, places, attacks: Vec::new(), attacks_begun: 0 }
    }

    /// What is to become of a datagram of so many bytes.
    pub(crate) fn fate(&self, ends: (HostId, HostId), bytes: usize, dice: &mut Rng) -> Fate {
        let (from, to) = ends;
        let path = self.paths.get(from, to).unwrap_or_default();
        let end = path.draws_loss(dice).then_some(End::Lost);
        let mut fate = Fate { way_ns: path.draw_ns(dice), end, ..Fate::default() };
        let crossing = Crossing { from, to, bytes, paths: &self.paths };
        for (_, target, attack) in &self.attacks {
            if target.hits(from, to) {
                attack.bend(&mut fate, &crossing, dice);
            }
        }
        fate
    }

    pub(crate) fn begin(&mut self, target: Target, attack: Attack) -> Result<AttackId, WanError> {
        attack.check()?;
        target.hosts().into_iter().try_for_each(|host| self.known(host))?;
        if let Attack::RelayElsewhere(attack) = attack {
            self.known(attack.via)?;
        }
        if self.attacks.len() >= ATTACKS_MAX {
            return Err(WanError::TooManyAttacks);
        }
        self.attacks_begun += 1;
        let id = AttackId(self.attacks_begun);
        self.attacks.push((id, target, attack));
        Ok(id)
    }

    pub(crate) fn end(&mut self, id: AttackId) -> Result<(), WanError> {
        let index = self.attacks.iter().position(|(running, ..)| *running == id);
        self.attacks.remove(index.ok_or(WanError::NoSuchAttack)?);
        Ok(())
    }

    pub(crate) fn move_host(&mut self, host: HostId, place: Place) -> Result<(), WanError> {
        self.known(host)?;
        let was = std::mem::replace(&mut self.places[host.position()], place);
        if self.paths.move_host(host, &self.places) {
            return Ok(());
        }
        self.places[host.position()] = was;
        Err(WanError::NoGeography)
    }

    pub(crate) fn known(&self, host: HostId) -> Result<(), WanError> {
        let hosts = self.places.len();
        if host.position() < hosts { Ok(()) } else { Err(WanError::UnknownHost { host, hosts }) }
    }
}
