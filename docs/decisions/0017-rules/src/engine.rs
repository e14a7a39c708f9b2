//! What each form of the rules must be able to do to be compared.

use crate::case::{Answer, Case};
use crate::exact::Ratio;
use crate::load::{Rules, Texts, Version};
use crate::worlds::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One form of the rules.
pub(crate) trait Engine {
    fn name(&self) -> &'static str;

    /// What is possible, in full.
    fn decide(&self, case: &Case) -> Result<Answer, String>;

    /// How far above each line the case may be, by the line's name; `None` where the form cannot say.
    fn margins(&self, _: &Case) -> Result<Option<BTreeMap<String, [f64; 2]>>, String> {
        Ok(None)
    }
}

/// What every engine but the tables is given beside its rules.
#[derive(Clone)]
pub(crate) struct Given {
    /// Groups with their dated versions.
    pub(crate) groups: Value,
    /// Lines of density.
    pub(crate) cuts: Vec<Ratio>,
}

impl Given {
    pub(crate) fn new(rules: &Rules) -> Self {
        let mut groups = serde_json::Map::new();
        for (name, versions) in &rules.groups {
            let dated = versions.iter().map(
                |Version { from, until, places }| json!({ "from": from, "until": until, "places": places }),
            );
            groups.insert(name.clone(), dated.collect());
        }
        let [_, cuts] = rules.cuts();
        Self { groups: Value::Object(groups), cuts }
    }
}

/// The tables as an engine.
pub(crate) struct Typed(pub(crate) Rules);

impl Typed {
    pub(crate) fn new(texts: &Texts) -> Result<Self, String> {
        texts.read().map(Self)
    }
}

impl Engine for Typed {
    fn name(&self) -> &'static str {
        "typed tables"
    }

    fn decide(&self, case: &Case) -> Result<Answer, String> {
        Ok(self.0.verdict(case).answer())
    }

    fn margins(&self, case: &Case) -> Result<Option<BTreeMap<String, [f64; 2]>>, String> {
        let verdict = self.0.verdict(case);
        let named = verdict.margins.iter().map(|margin| {
            let name = format!("{} {} {}", margin.rule, margin.of.to_lowercase(), margin.line);
            let above = &margin.above;
            (name, [above.lo.double(), above.hi.map_or(f64::INFINITY, Ratio::double)])
        });
        Ok(Some(named.collect()))
    }
}

/// The answers of all worlds of a case, joined.
pub(crate) fn join(
    case: &Case,
    cuts: &[Ratio],
    mut ask: impl FnMut(&World<'_>) -> Result<[String; 4], String>,
) -> Result<Answer, String> {
    let mut answer = Answer::default();
    for world in World::all(case, cuts) {
        let [class, licence, review, state] = ask(&world)?;
        answer.class.insert(class);
        answer.licence.insert(licence);
        answer.review.insert(review);
        answer.state = state;
    }
    Ok(answer)
}
