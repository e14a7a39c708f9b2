//! The rules as Cedar policies, one question an action.

use crate::case::{Answer, Case};
use crate::engine::{Engine, Given, join};
use crate::worlds::{CONDITIONS, World};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::str::FromStr;

pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    kinds: Kinds,
    given: Given,
    /// Entities by the day and the buyer's places: Cedar knows no dates of membership.
    memo: RefCell<BTreeMap<(String, Vec<String>), Entities>>,
}

/// Names of types, read once: that takes longer than to decide.
struct Kinds {
    action: EntityTypeName,
    buyer: EntityTypeName,
    group: EntityTypeName,
    place: EntityTypeName,
}

impl Cedar {
    pub(crate) fn new(text: &str, schema: &str, given: Given) -> Result<Self, String> {
        let (schema, _) = Schema::from_cedarschema_str(schema).map_err(|error| error.to_string())?;
        let policies = PolicySet::from_str(text).map_err(|error| error.to_string())?;
        let checked = Validator::new(schema).validate(&policies, ValidationMode::Strict);
        if let Some(error) = checked.validation_errors().next() {
            return Err(error.to_string());
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            policies,
            kinds: Kinds::new()?,
            given,
            memo: RefCell::default(),
        })
    }

    fn ask(&self, world: &World<'_>) -> Result<[String; 4], String> {
        // Cedar compares no sets of records: who counts as an owner is decided here, with a second `50`.
        let on = world.case.on.as_str();
        let counts = world
            .seats
            .iter()
            .filter(|seat| seat.share >= 500_000 && seat.from <= on && on < seat.until.as_str());
        let places: Vec<String> = counts.map(|seat| seat.place.to_owned()).collect();
        let mut memo = self.memo.borrow_mut();
        let key = (on.to_owned(), places);
        if !memo.contains_key(&key) {
            memo.insert(key.clone(), self.entities(on, &key.1)?);
        }
        let entities = &memo[&key];
        let context = context(world)?;
        let holds = |action: &str| self.holds(world.to, action, &context, entities);
        let class = if holds("class_a")? {
            "a"
        } else if holds("class_b")? {
            "b"
        } else {
            "none"
        };
        let seat = holds("seat")?;
        let licence = class != "none" && (seat || holds("destination")?);
        let china = ["CN", "MO"].contains(&world.to); // a third copy of P13's places
        let review = match (licence, china) {
            (false, _) => "none",
            (true, true) if holds("case_by_case")? => "case by case",
            (true, false) if !seat => "other",
            (true, _) => "denial",
        };
        let states = [("in_force", "in force"), ("suspended", "suspended"), ("unverified", "unverified")];
        let mut state = "none";
        for (action, name) in states {
            if holds(action)? {
                state = name;
            }
        }
        let licence = if licence { "yes" } else { "no" };
        Ok([class, licence, review, state].map(str::to_owned))
    }

    fn holds(&self, to: &str, action: &str, facts: &Context, entities: &Entities) -> Result<bool, String> {
        let (place, buyer) = (uid(&self.kinds.place, to), uid(&self.kinds.buyer, "it"));
        let request = Request::new(place, uid(&self.kinds.action, action), buyer, facts.clone(), None);
        let request = request.map_err(|error| error.to_string())?;
        let response = self.authorizer.is_authorized(&request, &self.policies, entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(error.to_string());
        }
        Ok(response.decision() == Decision::Allow)
    }

    fn entities(&self, on: &str, seats: &[String]) -> Result<Entities, String> {
        let mut parents: BTreeMap<&str, HashSet<EntityUid>> = BTreeMap::new();
        for (group, versions) in self.given.groups.as_object().into_iter().flatten() {
            let current =
                versions.as_array().into_iter().flatten().find(|version| {
                    version["from"].as_str() <= Some(on) && Some(on) < version["until"].as_str()
                });
            for place in current.and_then(|version| version["places"].as_array()).into_iter().flatten() {
                parents
                    .entry(place.as_str().unwrap_or_default())
                    .or_default()
                    .insert(uid(&self.kinds.group, group));
            }
        }
        let places = parents.into_iter().map(|(place, groups)| entity(uid(&self.kinds.place, place), groups));
        let mut all: Vec<Entity> = places.collect();
        let seats = seats.iter().map(|place| uid(&self.kinds.place, place)).collect();
        all.push(entity(uid(&self.kinds.buyer, "it"), seats));
        Entities::from_entities(all, None).map_err(|error| error.to_string())
    }
}

impl Engine for Cedar {
    fn name(&self) -> &'static str {
        "Cedar"
    }

    fn decide(&self, case: &Case) -> Result<Answer, String> {
        join(case, &self.given.cuts, |world| self.ask(world))
    }
}

fn entity(uid: EntityUid, parents: HashSet<EntityUid>) -> Entity {
    Entity::new_no_attrs(uid, parents)
}

impl Kinds {
    fn new() -> Result<Self, String> {
        let read = |name| EntityTypeName::from_str(name).map_err(|error| error.to_string());
        Ok(Self {
            action: read("Action")?,
            buyer: read("Buyer")?,
            group: read("Group")?,
            place: read("Place")?,
        })
    }
}

fn uid(kind: &EntityTypeName, name: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name))
}

fn context(world: &World<'_>) -> Result<Context, String> {
    let decimal =
        |value: i64| RestrictedExpression::new_decimal(format!("{}.{:04}", value / 10_000, value % 10_000));
    let day = |text: &str| RestrictedExpression::new_datetime(text);
    let mut facts = vec![
        ("on".to_owned(), day(&world.case.on)),
        ("known".to_owned(), day(&world.case.known)),
        ("tpp".to_owned(), decimal(world.tpp)),
        ("pd".to_owned(), decimal(world.pd)),
        ("dram".to_owned(), decimal(world.dram)),
        ("us_share".to_owned(), decimal(world.us_share)),
        ("data_centre".to_owned(), RestrictedExpression::new_bool(world.data_centre)),
    ];
    for (name, met) in CONDITIONS.into_iter().zip(&world.met) {
        facts.push((name.to_owned(), RestrictedExpression::new_bool(*met)));
    }
    Context::from_pairs(facts).map_err(|error| error.to_string())
}
