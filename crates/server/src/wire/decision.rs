//! Decisions at the door: at which stand rules are applied, and what they say.

use lightcone::names::PolicyVersionName;
use lightcone::v1;
use lightcone_policy::decision::{Effect, Ground, Margin, Missing, Used};
use lightcone_policy::flag::Raised;
use lightcone_policy::force::Force;
use lightcone_policy::rule::{Review, Side};
use lightcone_policy::source::Grade;
use lightcone_policy::{Date, Decision, Outcome, Ruling, Sense, Stand, Tri};
use sha2::{Digest as _, Sha256};

use super::Violation;
use super::violation::at_most;
use crate::limits::{
    DECISION_CLASSES_MAX, DECISION_FACTS_MAX, DECISION_FLAGS_MAX, DECISION_GROUNDS_MAX, DECISION_MARGINS_MAX,
    DECISION_MISSING_MAX, DRAFTS_MAX, FLAG_ABOUT_MAX,
};

/// Reads a stand; what it does not say is today, as enforced.
pub(crate) fn stand(wire: Option<v1::Stand>, today: Date) -> Result<Stand, Violation> {
    let wire = wire.unwrap_or_default();
    let valid_on = day("stand.valid_on", &wire.valid_on)?.unwrap_or(today);
    let known_on = day("stand.known_on", &wire.known_on)?.unwrap_or(valid_on);
    let sense = match v1::stand::Sense::try_from(wire.sense) {
        Ok(v1::stand::Sense::Unspecified | v1::stand::Sense::AsEnforced) => Sense::AsEnforced,
        Ok(v1::stand::Sense::AsWritten) => Sense::AsWritten,
        Err(_) => {
            let allowed = "SENSE_AS_ENFORCED, SENSE_AS_WRITTEN, or unset for as enforced";
            return Err(Violation::invalid("stand.sense", wire.sense, allowed));
        }
    };
    at_most("stand.drafts", wire.drafts.len(), DRAFTS_MAX)?;
    Ok(Stand { valid_on, known_on, sense, drafts: wire.drafts.into_iter().collect() })
}

/// Reads a day; none where nothing is written.
pub(crate) fn day(field: &str, text: &str) -> Result<Option<Date>, Violation> {
    if text.is_empty() {
        return Ok(None);
    }
    let allowed = "a day such as `2026-01-16`, from 1970-01-01 to 9999-12-31";
    text.parse().map(Some).map_err(|_| Violation::invalid(field, text, allowed))
}

/// A stand in the contract's words.
pub(crate) fn shown_stand(stand: &Stand) -> v1::Stand {
    let sense = match stand.sense {
        Sense::AsEnforced => v1::stand::Sense::AsEnforced,
        Sense::AsWritten => v1::stand::Sense::AsWritten,
    };
    v1::Stand {
        valid_on: stand.valid_on.to_string(),
        known_on: stand.known_on.to_string(),
        sense: sense as i32,
        drafts: stand.drafts.iter().cloned().collect(),
    }
}

/// An outcome in the contract's words.
pub(crate) const fn outcome(outcome: Outcome) -> v1::Outcome {
    match outcome {
        Outcome::Allow => v1::Outcome::Allow,
        Outcome::Review => v1::Outcome::Review,
        Outcome::LicenceRequired => v1::Outcome::LicenceRequired,
        Outcome::Deny => v1::Outcome::Deny,
    }
}

/// A ruling in the contract's words.
pub(crate) fn ruling(ruling: Ruling) -> v1::Ruling {
    let review = match ruling {
        Ruling::LicenceRequired(Some(review)) => match review {
            Review::PresumptionOfApproval => v1::ReviewPolicy::PresumptionOfApproval,
            Review::CaseByCase => v1::ReviewPolicy::CaseByCase,
            Review::PresumptionOfDenial => v1::ReviewPolicy::PresumptionOfDenial,
            Review::PolicyOfDenial => v1::ReviewPolicy::PolicyOfDenial,
        },
        Ruling::Allow | Ruling::LicenceRequired(None) | Ruling::Deny => v1::ReviewPolicy::Unspecified,
    };
    v1::Ruling { outcome: outcome(ruling.outcome()) as i32, review_policy: review as i32 }
}

/// A truth in the contract's words.
pub(crate) const fn truth(tri: Tri) -> v1::Truth {
    match tri {
        Tri::No => v1::Truth::No,
        Tri::Open => v1::Truth::Open,
        Tri::Yes => v1::Truth::Yes,
    }
}

/// A grade in the contract's words.
pub(crate) const fn grade(grade: Grade) -> v1::Grade {
    match grade {
        Grade::U => v1::Grade::Unverified,
        Grade::I => v1::Grade::Inferred,
        Grade::K => v1::Grade::Common,
        Grade::S => v1::Grade::Secondary,
        Grade::V => v1::Grade::Primary,
    }
}

/// How an instrument stands, in the contract's words.
pub(crate) const fn force(force: Force) -> v1::ground::Force {
    use v1::ground::Force as Wire;
    match force {
        Force::NotKnown => Wire::NotKnown,
        Force::Announced => Wire::Announced,
        Force::Proposed => Wire::Proposed,
        Force::Drafted => Wire::Drafted,
        Force::NotYet => Wire::NotYet,
        Force::Ended => Wire::Ended,
        Force::NotEnforced => Wire::NotEnforced,
        Force::Suspended => Wire::Suspended,
        Force::Unverified => Wire::Unverified,
        Force::InForce => Wire::InForce,
    }
}

/// A decision by the book of that number, as yet without a name.
pub(crate) fn decision(decision: &Decision, number: i64, inputs_sha256: String) -> v1::Decision {
    let class = |(class, holds): &(String, Tri)| v1::ClassFinding {
        class: class.clone(),
        holds: truth(*holds) as i32,
    };
    v1::Decision {
        name: String::new(),
        outcome: outcome(decision.outcome) as i32,
        best: Some(ruling(decision.best)),
        worst: Some(ruling(decision.worst)),
        policy_version: version_name(number),
        policy_sha256: decision.book.clone(),
        stand: Some(shown_stand(&decision.stand)),
        classes: decision.classes.iter().take(DECISION_CLASSES_MAX).map(class).collect(),
        grounds: decision.grounds.iter().take(DECISION_GROUNDS_MAX).map(ground).collect(),
        margins: decision.margins.iter().take(DECISION_MARGINS_MAX).map(margin).collect(),
        facts: decision.facts.iter().take(DECISION_FACTS_MAX).map(used).collect(),
        missing: decision.missing.iter().take(DECISION_MISSING_MAX).map(missing).collect(),
        flags: decision.flags.iter().take(DECISION_FLAGS_MAX).map(flag).collect(),
        leans_on_unverified: decision.leans_on_unverified,
        rules_change_on: decision.rules_change_on.map(|day| day.to_string()).unwrap_or_default(),
        inputs_sha256,
        canonical_sha256: hex::encode(Sha256::digest(decision.canonical())),
    }
}

/// The name of the version of a number.
pub(crate) fn version_name(number: i64) -> String {
    PolicyVersionName { policy_version: number.to_string() }.to_string()
}

/// A ground in the contract's words.
pub(crate) fn ground(ground: &Ground) -> v1::Ground {
    use v1::ground::Effect as Wire;
    let effect = match ground.effect {
        Effect::Classifies => Wire::Classifies,
        Effect::Requires => Wire::Requires,
        Effect::Excepts => Wire::Excepts,
        Effect::Licensed => Wire::Licensed,
        Effect::Reviews => Wire::Reviews,
        Effect::Caps => Wire::Caps,
        Effect::Forbids => Wire::Forbids,
        Effect::WouldApply => Wire::WouldApply,
    };
    v1::Ground {
        rule: ground.rule.clone(),
        effect: effect as i32,
        applies: truth(ground.applies) as i32,
        force: force(ground.force) as i32,
        citation: ground.citation.clone(),
        grade: grade(ground.grade) as i32,
        why: ground.why.clone(),
    }
}

/// A margin in the contract's words.
pub(crate) fn margin(margin: &Margin) -> v1::Margin {
    let side = match margin.bound.side {
        Side::AtLeast => ">=",
        Side::Above => ">",
        Side::Below => "<",
        Side::AtMost => "<=",
    };
    v1::Margin {
        rule: margin.rule.clone(),
        class: margin.class.clone(),
        metric: margin.bound.metric.name().to_owned(),
        side: side.to_owned(),
        line: margin.bound.line.to_string(),
        unit: margin.bound.metric.unit().to_owned(),
        has: margin.has.clone(),
        caught: truth(margin.caught) as i32,
        distance: margin.distance.map(|distance| distance.to_string()).unwrap_or_default(),
        distance_ppm: margin.distance_ppm,
    }
}

fn used(used: &Used) -> v1::FactUsed {
    v1::FactUsed {
        fact: used.fact.clone(),
        value: used.value.clone(),
        source: used.source.clone(),
        grade: grade(used.grade) as i32,
    }
}

fn missing(missing: &Missing) -> v1::MissingFact {
    v1::MissingFact { fact: missing.fact.clone(), remedy: missing.remedy.clone() }
}

fn flag(raised: &Raised) -> v1::RedFlag {
    // A sign's word is the one that rule files have.
    let sign = serde_json::to_value(raised.sign).ok().and_then(|sign| sign.as_str().map(str::to_owned));
    v1::RedFlag {
        flag: raised.id.clone(),
        sign: sign.unwrap_or_default(),
        found: raised.found.clone(),
        about: raised.about.iter().take(FLAG_ABOUT_MAX).cloned().collect(),
        source: raised.source.source.clone(),
        grade: grade(raised.source.grade) as i32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::MIN;

    fn wire(valid_on: &str, known_on: &str) -> Option<v1::Stand> {
        let (valid_on, known_on) = (valid_on.to_owned(), known_on.to_owned());
        Some(v1::Stand { valid_on, known_on, ..v1::Stand::default() })
    }

    #[test]
    fn what_a_stand_does_not_say_is_today_as_enforced() {
        assert_eq!(stand(None, TODAY), Ok(Stand::on(TODAY)));
        let day = "2026-01-16".parse().unwrap();
        assert_eq!(stand(wire("2026-01-16", ""), TODAY), Ok(Stand::on(day)));
        let known = stand(wire("2026-01-16", "2025-12-31"), TODAY).unwrap();
        assert_eq!((known.valid_on, known.known_on), (day, "2025-12-31".parse().unwrap()));
        assert_eq!(stand(Some(shown_stand(&known)), TODAY), Ok(known));
    }

    #[test]
    fn what_cannot_be_names_its_field() {
        for (wire, field) in [
            (wire("2026-02-30", ""), "stand.valid_on"),
            (wire("", "soon"), "stand.known_on"),
            (Some(v1::Stand { sense: 7, ..v1::Stand::default() }), "stand.sense"),
            (
                Some(v1::Stand { drafts: vec!["B1".into(); DRAFTS_MAX + 1], ..v1::Stand::default() }),
                "stand.drafts",
            ),
        ] {
            assert_eq!(stand(wire, TODAY).unwrap_err().field, field);
        }
    }
}
