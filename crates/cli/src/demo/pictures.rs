//! Pictures of verdicts, drawn from a replay of what the landmarks measured.

use std::path::Path;

use lightcone_rehearsal::{Cast, Replay};

use crate::data::Nodes;
use crate::exit::Outcome;
use crate::map;
use crate::out::Out;
use crate::render::{Answered, Words};

/// Draws a verdict on a chip into a folder; says what was written.
pub(super) fn draw(
    folder: &Path,
    name: &str,
    cast: &Cast,
    chip: &str,
    title: &str,
    replay: Replay,
) -> Outcome<Vec<String>> {
    let names = cast.landmarks.iter().map(|part| (part.id.as_str(), part.said.name.as_str()));
    let nodes = Nodes::named(names.chain([(chip, title)]));
    let Replay { mesh, observations, located, borders, settings } = replay;
    let answered = Answered { target: chip.to_owned(), observations, located };
    let words = Words { borders: &borders, mesh: &mesh, nodes: &nodes };
    let scene = map::draw(words, &answered, &settings);
    let mut written = Vec::new();
    let mut write = |kind: &str, paint: &dyn Fn(&mut Out) -> Outcome<()>| -> Outcome<()> {
        let file = format!("{name}.{kind}");
        let mut out = Out::open(Some(&folder.join(&file)))?;
        paint(&mut out)?;
        out.finish()?;
        written.push(file);
        Ok(())
    };
    write("svg", &|out| map::svg::write(out, &scene))?;
    #[cfg(feature = "png")]
    write("png", &|out| map::png::write(out, &scene))?;
    Ok(written)
}
