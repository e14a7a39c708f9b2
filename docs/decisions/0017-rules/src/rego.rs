//! The rules in Rego, which enumerates what is possible itself.

use crate::case::{Answer, Case};
use crate::engine::{Engine, Given};
use crate::exact::{Ratio, Span};
use crate::worlds::CONDITIONS;
use regorus::Value;
use serde_json::json;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct Rego {
    /// Evaluation changes the engine's caches, and so wants it whole.
    engine: RefCell<regorus::Engine>,
}

impl Rego {
    pub(crate) fn new(text: &str, given: &Given) -> Result<Self, String> {
        let mut engine = regorus::Engine::new();
        engine.add_policy("rules.rego".to_owned(), text.to_owned()).map_err(|error| error.to_string())?;
        engine
            .add_data_json(&json!({ "groups": given.groups }).to_string())
            .map_err(|error| error.to_string())?;
        Ok(Self { engine: RefCell::new(engine) })
    }

    fn run(&self, case: &Case, rule: &str) -> Result<serde_json::Value, String> {
        let mut engine = self.engine.borrow_mut();
        engine.set_input(Value::from(input(case)));
        let value = engine.eval_rule(rule.to_owned()).map_err(|error| error.to_string())?;
        serde_json::to_value(value).map_err(|error| error.to_string())
    }
}

impl Engine for Rego {
    fn name(&self) -> &'static str {
        "Rego"
    }

    fn decide(&self, case: &Case) -> Result<Answer, String> {
        let value = self.run(case, "data.rules.answer")?;
        let texts = |name: &str| -> BTreeSet<String> {
            let members = value[name].as_array().into_iter().flatten();
            members.filter_map(|member| member.as_str().map(str::to_owned)).collect()
        };
        let licence = value["licence"].as_array().into_iter().flatten();
        let yes =
            |member: &serde_json::Value| if member == true { "yes".to_owned() } else { "no".to_owned() };
        Ok(Answer {
            class: texts("class"),
            licence: licence.map(yes).collect(),
            review: texts("review"),
            state: value["state"].as_str().unwrap_or_default().to_owned(),
        })
    }

    fn margins(&self, case: &Case) -> Result<Option<BTreeMap<String, [f64; 2]>>, String> {
        let value = self.run(case, "data.rules.margins")?;
        let ends =
            |value: &serde_json::Value| [&value[0], &value[1]].map(|end| end.as_f64().unwrap_or(f64::NAN));
        let margins = value.as_object().into_iter().flatten();
        Ok(Some(margins.map(|(name, value)| (name.clone(), ends(value))).collect()))
    }
}

fn input(case: &Case) -> serde_json::Value {
    let tri = |answer: Option<bool>| answer.map_or(json!([false, true]), |answer| json!([answer]));
    let seats = case.seats.iter().map(|seat| {
        let places = seat.within.clone().unwrap_or_else(|| vec!["unknown".to_owned()]);
        let (from, until, share) = match &seat.owner {
            None => ("0001-01-01", "9999-12-31", Some(Ratio::new(100, 1))),
            Some(owner) => (owner.from.as_str(), owner.until.as_str(), owner.share),
        };
        let share = share.map_or(Span { lo: Ratio::ZERO, hi: None }, Span::point);
        json!({ "places": places, "from": from, "until": until, "share": span(share, Ratio::floor4) })
    });
    let mut input = json!({
        "on": case.on, "known": case.known, "to": case.to,
        "tpp": case.tpp.floor4() as f64 / 1e4,
        "pd": span(case.pd, Ratio::floor4),
        "dram": case.dram.floor4() as f64 / 1e4,
        "us_share": span(case.us_share, Ratio::ceil4),
        "data_centre": tri(case.data_centre),
        "seats": seats.collect::<Vec<_>>(),
    });
    for name in CONDITIONS {
        input[name] = tri(case.met.get(name).copied());
    }
    input
}

/// JSON has no infinity: a large number stands for it.
fn span(span: Span, round: impl Fn(Ratio) -> i64) -> serde_json::Value {
    json!({
        "lo": round(span.lo) as f64 / 1e4,
        "hi": span.hi.map_or(1e12, |hi| round(hi) as f64 / 1e4),
    })
}
