//! The rules as expressions in CEL.

use crate::case::{Answer, Case};
use crate::engine::{Engine, Given, join};
use crate::worlds::{CONDITIONS, World};
use ::cel::{Context, Env, Program, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) struct Cel {
    programs: BTreeMap<String, Program>,
    root: Context<'static, 'static>,
    given: Given,
}

impl Cel {
    pub(crate) fn new(text: &str, given: Given) -> Result<Self, String> {
        let env = Arc::new(Env::stdlib());
        let sections = text.split("//: ").skip(1).map(|section| {
            let (name, code) = section.split_once('\n').ok_or("a section without code")?;
            let program = env.compile(code).map_err(|errors| format!("{name}: {errors}"))?;
            Ok((name.to_owned(), program))
        });
        let programs = sections.collect::<Result<_, String>>()?;
        let mut root = Context::with_env(Arc::clone(&env));
        let groups = ::cel::to_value(&given.groups).map_err(|error| error.to_string())?;
        root.add_variable_from_value("groups", groups);
        Ok(Self { programs, root, given })
    }

    fn run(&self, name: &str, context: &Context<'_, '_>) -> Result<Value, String> {
        let program = self.programs.get(name).ok_or_else(|| format!("no section `{name}`"))?;
        program.execute(context).map_err(|error| format!("{name}: {error}"))
    }

    fn ask(&self, world: &World<'_>) -> Result<[String; 4], String> {
        let mut context = self.root.new_inner_scope();
        set(&mut context, world)?;
        let class = self.run("class", &context)?;
        context.add_variable_from_value("class", class.clone());
        let listed = self.run("seat_listed", &context)?;
        context.add_variable_from_value("seat_listed", listed);
        let licence = self.run("licence", &context)?;
        context.add_variable_from_value("licence", licence.clone());
        let review = self.run("review", &context)?;
        let state = self.run("state", &context)?;
        let licence = if licence == Value::Bool(true) { "yes" } else { "no" };
        Ok([text(class)?, licence.to_owned(), text(review)?, text(state)?])
    }
}

impl Engine for Cel {
    fn name(&self) -> &'static str {
        "CEL"
    }

    fn decide(&self, case: &Case) -> Result<Answer, String> {
        join(case, &self.given.cuts, |world| self.ask(world))
    }

    fn margins(&self, case: &Case) -> Result<Option<BTreeMap<String, [f64; 2]>>, String> {
        let ends = [Some(case.pd.lo), case.pd.hi].map(|end| {
            let mut context = self.root.new_inner_scope();
            context.add_variable_from_value("tpp", case.tpp.double());
            context.add_variable_from_value("pd", end.map_or(f64::INFINITY, |end| end.double()));
            let Value::Map(map) = self.run("margins", &context)? else { return Err("no map".to_owned()) };
            Ok(map)
        });
        let [lo, hi] = ends;
        let (lo, hi) = (lo?, hi?);
        let margin = |(name, value): (&_, &Value)| {
            let upper = hi.map.get(name).cloned().unwrap_or(Value::Null);
            match (value, upper) {
                (Value::Float(lo), Value::Float(hi)) => Some((format!("{name}"), [*lo, hi])),
                _ => None,
            }
        };
        Ok(Some(lo.map.iter().filter_map(margin).collect()))
    }
}

fn set(context: &mut Context<'_, '_>, world: &World<'_>) -> Result<(), String> {
    let double = |value: i64| value as f64 / 1e4;
    let seats = world.seats.iter().map(|seat| {
        serde_json::json!({
            "place": seat.place, "share": double(seat.share), "from": seat.from, "until": seat.until
        })
    });
    let seats: Vec<serde_json::Value> = seats.collect();
    let seats = ::cel::to_value(&seats).map_err(|error| error.to_string())?;
    context.add_variable_from_value("seats", seats);
    let numbers = [("tpp", world.tpp), ("pd", world.pd), ("dram", world.dram), ("us_share", world.us_share)];
    for (name, value) in numbers {
        context.add_variable_from_value(name, double(value));
    }
    for (name, met) in CONDITIONS.into_iter().zip(&world.met) {
        context.add_variable_from_value(name, *met);
    }
    context.add_variable_from_value("data_centre", world.data_centre);
    context.add_variable_from_value("to", world.to);
    context.add_variable_from_value("on", world.case.on.as_str());
    context.add_variable_from_value("known", world.case.known.as_str());
    Ok(())
}

fn text(value: Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.to_string()),
        other => Err(format!("not a text: {other:?}")),
    }
}
