//! What a transfer says, checked and in the policy's words.

use std::collections::{BTreeMap, BTreeSet};

use lightcone::names::SkuName;
use lightcone::v1;
use lightcone_policy::rule::{EndUse, Movement};
use lightcone_policy::transfer::{Licence, Line, Taken, Transfer};

use crate::limits::{
    CONDITIONS_MAX, DESTINATIONS_MAX, LINES_MAX, SKU_BYTES_MAX, STEPS_MAX, UNITS_MAX, USES_MAX,
    WORD_BYTES_MAX,
};
use crate::wire::registry::required;
use crate::wire::violation::{at_most, some_of};
use crate::wire::{Violation, fact, party};

/// Checks a transfer, and gives it in the policy's words: parties by their identifiers, SKUs as they are named here.
pub(crate) fn to_policy(wire: &v1::Transfer) -> Result<Transfer, Violation> {
    some_of("lines", wire.lines.len(), LINES_MAX, "say what goes")?;
    at_most("intermediaries", wire.intermediaries.len(), STEPS_MAX)?;
    at_most("licences", wire.licences.len(), STEPS_MAX)?;
    let line = |(at, wire)| line(wire).map_err(|violation: Violation| violation.at("lines", at));
    let licence = |(at, wire)| licence(wire).map_err(|violation: Violation| violation.at("licences", at));
    let between = |(at, name): (usize, &String)| party::id(&format!("intermediaries[{at}]"), name);
    Ok(Transfer {
        id: wire.name.rsplit('/').next().unwrap_or_default().to_owned(),
        movement: movement(wire.movement)?,
        lines: wire.lines.iter().enumerate().map(line).collect::<Result<_, _>>()?,
        origin: fact::country_or_none("origin", &wire.origin)?,
        destinations: fact::country_set("destinations", &wire.destinations, DESTINATIONS_MAX)?,
        through: fact::countries("through", &wire.through, STEPS_MAX)?,
        onward: fact::countries("onward", &wire.onward, STEPS_MAX)?,
        exporter: party::id_or_empty("exporter", &wire.exporter)?,
        consignee: party::id_or_empty("consignee", &wire.consignee)?,
        intermediaries: wire.intermediaries.iter().enumerate().map(between).collect::<Result<_, _>>()?,
        end_user: party::id_or_empty("end_user", &wire.end_user)?,
        uses: uses(&wire.uses)?,
        date: fact::day("date", &wire.date)?,
        licences: wire.licences.iter().enumerate().map(licence).collect::<Result<_, _>>()?,
        conditions: conditions(&wire.conditions)?,
        taken: taken(wire.taken.as_ref()).map_err(|violation| violation.within("taken"))?,
        claim_impossible: false,
        evidence: Vec::new(),
    })
}

fn movement(wire: i32) -> Result<Movement, Violation> {
    let allowed = "MOVEMENT_EXPORT, MOVEMENT_REEXPORT, MOVEMENT_IN_COUNTRY, MOVEMENT_USE";
    match v1::Movement::try_from(wire) {
        Ok(v1::Movement::Export) => Ok(Movement::Export),
        Ok(v1::Movement::Reexport) => Ok(Movement::Reexport),
        Ok(v1::Movement::InCountry) => Ok(Movement::InCountry),
        Ok(v1::Movement::Use) => Ok(Movement::Use),
        Ok(v1::Movement::Unspecified) => {
            Err(Violation::missing("movement", &format!("say which way: {allowed}")))
        }
        Err(_) => Err(Violation::invalid("movement", wire, allowed)),
    }
}

/// What goods, or work on them, are for; each once.
pub(crate) fn uses(wire: &[i32]) -> Result<Vec<EndUse>, Violation> {
    at_most("uses", wire.len(), USES_MAX)?;
    let used = |(at, wire): (usize, &i32)| end_use(&format!("uses[{at}]"), *wire);
    let uses: BTreeSet<EndUse> = wire.iter().enumerate().map(used).collect::<Result<_, _>>()?;
    Ok(uses.into_iter().collect())
}

fn end_use(field: &str, wire: i32) -> Result<EndUse, Violation> {
    match v1::EndUse::try_from(wire) {
        Ok(v1::EndUse::Training) => Ok(EndUse::Training),
        Ok(v1::EndUse::Inference) => Ok(EndUse::Inference),
        Ok(v1::EndUse::Supercomputer) => Ok(EndUse::Supercomputer),
        Ok(v1::EndUse::Military) => Ok(EndUse::Military),
        Ok(v1::EndUse::Other) => Ok(EndUse::Other),
        Ok(v1::EndUse::Unspecified) | Err(_) => {
            let allowed =
                "END_USE_TRAINING, END_USE_INFERENCE, END_USE_SUPERCOMPUTER, END_USE_MILITARY, END_USE_OTHER";
            Err(Violation::invalid(field, wire, allowed))
        }
    }
}

fn line(wire: &v1::TransferLine) -> Result<Line, Violation> {
    if !(1..=UNITS_MAX).contains(&wire.units) {
        return Err(Violation::invalid("units", wire.units, "1 to 10000000"));
    }
    Ok(Line { sku: sku("sku", &wire.sku)?, units: wire.units })
}

/// A SKU of the tenant's own by name, or one of the book's as it is called there.
fn sku(field: &str, name: &str) -> Result<String, Violation> {
    if name.starts_with("skus/") {
        let allowed = format!("`{}`, or a name of the rule book such as `H20-96GB`", SkuName::PATTERN);
        return match SkuName::parse(name) {
            Ok(_) => Ok(name.to_owned()),
            Err(_) => Err(Violation::invalid(field, name, &allowed)),
        };
    }
    required(field, name.to_owned(), SKU_BYTES_MAX)
}

fn licence(wire: &v1::Licence) -> Result<Licence, Violation> {
    at_most("skus", wire.skus.len(), LINES_MAX)?;
    at_most("parties", wire.parties.len(), LINES_MAX)?;
    some_of("destinations", wire.destinations.len(), DESTINATIONS_MAX, "say for which it is")?;
    let holder = |(at, name): (usize, &String)| party::id(&format!("parties[{at}]"), name);
    let goods = |(at, name): (usize, &String)| sku(&format!("skus[{at}]"), name);
    let (from, to) = fact::days(&wire.from, &wire.to)?;
    Ok(Licence {
        number: required("number", wire.number.clone(), WORD_BYTES_MAX)?,
        against: party::texts("against", &wire.against, STEPS_MAX, WORD_BYTES_MAX)?,
        skus: wire.skus.iter().enumerate().map(goods).collect::<Result<_, _>>()?,
        parties: wire.parties.iter().enumerate().map(holder).collect::<Result<_, _>>()?,
        destinations: fact::country_set("destinations", &wire.destinations, DESTINATIONS_MAX)?,
        units_left: wire.units_left,
        from,
        to,
        refused: false,
    })
}

fn conditions(wire: &[v1::Condition]) -> Result<BTreeMap<String, bool>, Violation> {
    at_most("conditions", wire.len(), CONDITIONS_MAX)?;
    let mut conditions = BTreeMap::new();
    for (at, condition) in wire.iter().enumerate() {
        let field = format!("conditions[{at}].condition");
        let name = required(&field, condition.condition.clone(), WORD_BYTES_MAX)?;
        if conditions.insert(name, condition.met).is_some() {
            return Err(Violation::invalid(&field, &condition.condition, "each condition once"));
        }
    }
    Ok(conditions)
}

fn taken(wire: Option<&v1::CapsTaken>) -> Result<Taken, Violation> {
    let Some(wire) = wire else { return Ok(Taken::default()) };
    Ok(Taken {
        consignee_year_tpp: fact::measure_or_none("consignee_year_tpp", &wire.consignee_year_tpp)?,
        country_tpp: fact::measure_or_none("country_tpp", &wire.country_tpp)?,
        capped_units: wire.capped_units,
        home_units: wire.home_units,
        user_country_tpp: fact::measure_or_none("user_country_tpp", &wire.user_country_tpp)?,
        user_tpp: fact::measure_or_none("user_tpp", &wire.user_tpp)?,
    })
}
