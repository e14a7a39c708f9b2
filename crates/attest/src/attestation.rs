//! All evidence of one attestation together: which piece ties the key, which chips are there, what nobody checked.

use std::collections::BTreeSet;

use lightcone_core::Residency;

use crate::appraisal::Appraisal;
use crate::case::Case;
use crate::check::Check;
use crate::formats::verifier;
use crate::kind::Kind;
use crate::reason::Reason;
use crate::rejection::Rejection;
use crate::time::UnixTime;
use crate::tpm2::same_boot;
use crate::verifier::EVIDENCE_BYTES_MAX;

/// The most pieces of evidence in one attestation: a host of sixteen accelerators, their switches, and its own.
pub const PIECES_MAX: usize = 32;

/// One piece of evidence as it came.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Its format.
    pub kind: Kind,
    /// The evidence.
    pub payload: &'a [u8],
}

/// What is known of an attestation beside what its evidence is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occasion {
    /// The moment of judging: references must hold then, whenever the evidence came.
    pub today: UnixTime,
    /// Whether the session's key signed the list of evidence. Otherwise whoever carried it may have put a chip beside.
    pub is_signed: bool,
}

/// What all evidence of one attestation shows together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Every piece's appraisal, in the order in which they came.
    pub devices: Vec<Appraisal>,
    /// Which of them ties the session's key, by its place; none where none does.
    pub lead: Option<usize>,
    /// How well the session's key is tied to a chip.
    pub residency: Residency,
    /// Why it is not higher, and what disagrees.
    pub reasons: BTreeSet<Reason>,
    /// The version of the references that were leaned on.
    pub references: String,
}

/// A piece that was refused: all of the attestation is then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("evidence {place} ({kind}): {rejection}")]
pub struct RefusedPiece {
    /// Its place, from 0.
    pub place: usize,
    /// Its format.
    pub kind: Kind,
    /// Why.
    pub rejection: Rejection,
}

/// Appraises all evidence of one attestation. A piece that fails a check fails them all: an owner who shows forged
/// evidence beside good is not believed the good.
///
/// # Errors
/// The first piece that was refused.
pub fn appraise(
    pieces: &[Piece<'_>],
    occasion: Occasion,
    case: &Case<'_>,
) -> Result<Attestation, RefusedPiece> {
    let refused = |place, kind, rejection| RefusedPiece { place, kind, rejection };
    if pieces.is_empty() || pieces.len() > PIECES_MAX {
        let why = format!("{} pieces of evidence; give 1 to {PIECES_MAX}", pieces.len());
        return Err(refused(pieces.len(), Kind::Software, Rejection::new(Check::Size, why)));
    }
    let in_force = case.references.hold_at(occasion.today);
    let outlived = (!in_force).then(|| case.references.outlived());
    let case = &Case { references: outlived.as_ref().unwrap_or(case.references), ..*case };
    let mut devices: Vec<Appraisal> = Vec::with_capacity(pieces.len());
    for (place, piece) in pieces.iter().enumerate() {
        let one = one(piece, case).map_err(|rejection| refused(place, piece.kind, rejection))?;
        if devices.iter().any(|other| other.instance == one.instance) {
            let why = format!("{} is shown twice: one device is one piece of evidence", one.instance);
            return Err(refused(place, piece.kind, Rejection::new(Check::Identity, why)));
        }
        devices.push(one);
    }
    if !in_force {
        devices.iter_mut().for_each(|device| device.leave(Check::References));
    }
    Ok(Attestation::of(devices, occasion, case))
}

/// Appraises one piece, of a size that is read.
fn one(piece: &Piece<'_>, case: &Case<'_>) -> Result<Appraisal, Rejection> {
    if piece.payload.len() > EVIDENCE_BYTES_MAX {
        let why = format!("{} bytes, more than {EVIDENCE_BYTES_MAX}", piece.payload.len());
        return Err(Rejection::new(Check::Size, why));
    }
    let mut appraisal = verifier(piece.kind).verify(piece.payload, case)?;
    // Lists that came with the evidence are its owner's choice: the oldest that still hold.
    if piece.kind == Kind::Tdx && case.collateral.is_none() {
        for check in [Check::Revocation, Check::Tcb] {
            appraisal.done.remove(&check);
            appraisal.leave(check);
        }
    }
    Ok(appraisal)
}

impl Attestation {
    fn of(mut devices: Vec<Appraisal>, occasion: Occasion, case: &Case<'_>) -> Self {
        let ties = |device: &Appraisal| device.binds_session_key && device.kind.can_bind();
        // The highest residency leads; of equals, the format that can reach higher.
        let lead = (0..devices.len())
            .filter(|place| ties(&devices[*place]))
            .max_by_key(|place| (devices[*place].residency, devices[*place].kind, usize::MAX - *place));
        let mut residency = lead.map_or(Residency::R0, |place| devices[place].residency);
        let mut reasons: BTreeSet<Reason> = match lead {
            Some(place) => devices[place].reasons.clone(),
            None => {
                let all = devices.iter().flat_map(|device| device.reasons.iter().copied());
                all.chain([Reason::KeyUnbound]).collect()
            }
        };
        if occasion.is_signed && lead.is_some_and(|place| opens_accelerators(&devices[place])) {
            let (mut all, mut any) = (true, false);
            for chip in devices.iter_mut().filter(|device| is_chip(device)) {
                any = true;
                all &= adopt(chip, case);
            }
            if any && all {
                residency = Residency::R3;
            }
        }
        let chips = devices.iter().filter(|device| !device.kind.can_bind());
        reasons.extend(chips.flat_map(|chip| chip.reasons.iter().copied()));
        Self { devices, lead, residency, reasons, references: case.references.version() }
    }

    /// Evidence that is refused by now: nothing ties the key.
    #[must_use]
    pub fn refused(references: String) -> Self {
        let reasons = BTreeSet::from([Reason::Refused]);
        Self { devices: Vec::new(), lead: None, residency: Residency::R0, reasons, references }
    }

    /// The device that ties the session's key.
    #[must_use]
    pub fn lead(&self) -> Option<&Appraisal> {
        self.lead.and_then(|place| self.devices.get(place))
    }

    /// Whether any evidence bears the session's binding in a place that only the key's own machine can fill.
    #[must_use]
    pub fn binds_session_key(&self) -> bool {
        self.lead.is_some()
    }

    /// The accelerators whose identity was shown.
    pub fn chips(&self) -> impl Iterator<Item = &Appraisal> {
        self.devices.iter().filter(|device| is_chip(device))
    }

    /// The formats that were shown, each once, in their order.
    #[must_use]
    pub fn kinds(&self) -> Vec<Kind> {
        self.devices.iter().map(|device| device.kind).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// What nobody checked: of what ties the key first, then of chips and the rest. Each once.
    #[must_use]
    pub fn not_done(&self) -> Vec<(Kind, Check)> {
        let lead = self.lead().into_iter();
        let rest = self.devices.iter().enumerate().filter(|(place, _)| Some(*place) != self.lead);
        let mut open = Vec::new();
        for device in lead.chain(rest.map(|(_, device)| device)) {
            for check in &device.not_done {
                let entry = (device.kind, *check);
                if !open.contains(&entry) {
                    open.push(entry);
                }
            }
        }
        open
    }

    /// Marks a check of what ties the key as passed.
    pub fn pass(&mut self, check: Check) {
        if let Some(lead) = self.lead.and_then(|place| self.devices.get_mut(place)) {
            lead.pass(check);
        }
    }

    /// Lowers the residency, for a reason.
    pub fn lower(&mut self, most: Residency, reason: Reason) {
        if self.residency > most {
            self.residency = most;
        }
        self.reasons.insert(reason);
    }

    /// Whether the evidence after measuring goes on from this one: the same machine, not started anew, with the same
    /// chips. `closing` was appraised under the closing nonce.
    ///
    /// # Errors
    /// What did not stay as it was.
    pub fn goes_on(&self, closing: &Self) -> Result<(), Rejection> {
        let differs = |check, why: &str| Err(Rejection::new(check, why));
        // Where nothing tied the key before, there is nothing to lose.
        let Some(before) = self.lead() else { return Ok(()) };
        let Some(after) = closing.lead() else {
            return differs(Check::Binding, "nothing in it ties the session's key any more");
        };
        if closing.residency < self.residency {
            return differs(Check::Residency, "it ties the key less closely than the opening did");
        }
        if before.instance != after.instance {
            return differs(Check::Identity, "another machine closes than opened");
        }
        if before.code != after.code {
            return differs(Check::Code, "other code closes than opened");
        }
        if let (Some(before), Some(after)) = (before.counters, after.counters) {
            if !same_boot(&before, &after) {
                return differs(Check::Counters, "the machine restarted while it was measured");
            }
        } else if before.counters.is_some() {
            return differs(Check::Counters, "it shows no counters, and the opening did");
        }
        for chip in self.chips() {
            if !closing.chips().any(|other| other.instance == chip.instance) {
                return Err(Rejection::new(Check::Identity, format!("{} is gone", chip.instance)));
            }
        }
        Ok(())
    }
}

const fn is_chip(device: &Appraisal) -> bool {
    matches!(device.kind, Kind::NvidiaGpu)
}

/// Whether this device's measured code opens accelerators over its local bus, in memory that is closed to the host.
fn opens_accelerators(lead: &Appraisal) -> bool {
    lead.residency >= Residency::R2 && lead.code.as_ref().is_some_and(|code| code.opens_accelerator)
}

/// Takes a chip as one that the lead's measured code opened itself, as it says by signing the list of evidence. Its report
/// must be over the session's binding, its protection on, its firmware as certified: then nobody but that code spoke to it.
fn adopt(chip: &mut Appraisal, case: &Case<'_>) -> bool {
    let is_same = case.binding.is_some_and(|binding| chip.nonce == binding);
    let is_whole = [Check::Confidential, Check::Firmware].iter().all(|check| chip.done.contains(check));
    if !is_same || !is_whole || chip.reasons.contains(&Reason::MeasurementsDiffer) {
        return false;
    }
    chip.reasons.remove(&Reason::IdentityOnly);
    chip.pass(Check::LocalBus);
    chip.residency = Residency::R3;
    true
}
