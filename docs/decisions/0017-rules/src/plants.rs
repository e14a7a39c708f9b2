//! Mistakes that somebody will make, planted in each form: who notices, when and in which words.

use crate::Sources;
use crate::case::Case;
use crate::cedar::Cedar;
use crate::cel::Cel;
use crate::engine::{Engine, Given, Typed};
use crate::load::Rules;
use crate::rego::Rego;
use serde_json::json;

/// A mistake in each form: what is written, and what should have been.
struct Plant {
    name: &'static str,
    typed: [&'static str; 2],
    cel: [&'static str; 2],
    cedar: [&'static str; 2],
    rego: [&'static str; 2],
}

const PLANTS: [Plant; 2] = [
    Plant {
        name: "bandwidth in TB/s",
        typed: ["\"< 6500 GB/s\"", "\"< 6.5 TB/s\""],
        cel: ["dram < 6500.0", "dram < 6.5"],
        cedar: ["decimal(\"6500.0\")", "decimal(\"6.5\")"],
        rego: ["input.dram < 6500", "input.dram < 6.5"],
    },
    Plant {
        name: "a group D:7",
        typed: ["\"D:4\", \"D:5\"]", "\"D:7\", \"D:5\"]"],
        cel: ["\"D:4\"", "\"D:7\""],
        cedar: ["Group::\"D:4\"", "Group::\"D:7\""],
        rego: ["\"D:4\"", "\"D:7\""],
    },
];

/// Says for each mistake and form what happens.
pub(crate) fn report(sources: &Sources, rules: &Rules, cases: &[Case]) {
    let given = Given::new(rules);
    for plant in &PLANTS {
        println!("\n{}", plant.name);
        let change = |text: &str, [right, wrong]: [&str; 2]| {
            assert!(text.contains(right), "`{right}` is not there to be replaced");
            text.replace(right, wrong)
        };
        let mut texts = sources.texts.clone();
        for text in [&mut texts.review, &mut texts.licence] {
            *text = text.replace(plant.typed[0], plant.typed[1]);
        }
        say("typed tables", Typed::new(&texts), cases);
        say("CEL", Cel::new(&change(&sources.cel, plant.cel), given.clone()), cases);
        let cedar = change(&sources.cedar, plant.cedar);
        say("Cedar", Cedar::new(&cedar, &sources.schema, given.clone()), cases);
        say("Rego", Rego::new(&change(&sources.rego, plant.rego), &given), cases);
    }
    gap(sources, given, cases);
}

/// Two versions of a group that do not meet. Only the tables read groups themselves: the others are handed
/// the same data.
fn gap(sources: &Sources, mut given: Given, cases: &[Case]) {
    println!("\na month missing in D:5");
    let mut texts = sources.texts.clone();
    texts.groups = texts.groups.replace("until = 2026-02-03", "until = 2026-01-03");
    say("typed tables", Typed::new(&texts), cases);
    given.groups["D:5"][0]["until"] = json!("2026-01-03");
    say("CEL", Cel::new(&sources.cel, given.clone()), cases);
    say("Cedar", Cedar::new(&sources.cedar, &sources.schema, given.clone()), cases);
    say("Rego", Rego::new(&sources.rego, &given), cases);
}

fn say<E: Engine>(name: &str, engine: Result<E, String>, cases: &[Case]) {
    let said = match engine {
        Err(message) => format!("refused: {}", message.replace('\n', " ")),
        Ok(engine) => {
            let answers: Vec<_> = cases.iter().map(|case| (engine.decide(case), &case.expect)).collect();
            let failed = answers.iter().filter_map(|(answer, _)| answer.as_ref().err());
            let failed: Vec<&String> = failed.collect();
            let wrong =
                answers.iter().filter(|(answer, expect)| answer.as_ref().is_ok_and(|is| is != *expect));
            match failed.first() {
                Some(first) => format!("accepted; {} of {} cases fail: {first}", failed.len(), cases.len()),
                None => format!("accepted; {} of {} cases answered wrongly", wrong.count(), cases.len()),
            }
        }
    };
    println!("  {name:13} {said}");
}
