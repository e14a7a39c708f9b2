//! The column beside the map: what was asked and found, what the picture rests on, what its signs mean.

use super::font::{self, Weight};
use super::scene::{Anchor, Item, Paint, Pen, Scene, Spot, Text};

const LEFT: f64 = 722.0;
const WIDTH: f64 = 258.0;
const TOP: f64 = 84.0;
const BOTTOM: f64 = 716.0;
const INK: u32 = 0x22_2b33;
const GREY: u32 = 0x55_6270;
/// Where the words beside a sign begin.
const INDENT: f64 = 34.0;

/// A sign of the legend.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sign {
    /// A filled patch with its rim.
    Patch(Paint, Pen),
    /// A line.
    Line(Pen),
    /// A round mark.
    Dot(f64, Paint, Option<Pen>),
}

/// Fills the column from top to bottom.
pub(crate) struct Legend<'a> {
    scene: &'a mut Scene,
    y: f64,
}

impl<'a> Legend<'a> {
    /// An empty column.
    pub(crate) const fn new(scene: &'a mut Scene) -> Self {
        Self { scene, y: TOP }
    }

    /// A heading.
    pub(crate) fn head(&mut self, text: &str) {
        self.y += 6.0;
        self.write(text, 10.5, Weight::Bold, GREY, 0.0);
        self.y += 1.0;
    }

    /// A finding in large letters.
    pub(crate) fn finding(&mut self, text: &str, rgb: u32) {
        self.y += 4.0;
        self.write(text, 15.0, Weight::Bold, rgb, 0.0);
    }

    /// A sentence.
    pub(crate) fn say(&mut self, text: &str) {
        self.write(text, 10.5, Weight::Plain, INK, 0.0);
    }

    /// A fact that is bad news.
    pub(crate) fn warn(&mut self, text: &str, rgb: u32) {
        self.write(text, 10.5, Weight::Bold, rgb, 0.0);
    }

    /// A sign with its meaning.
    pub(crate) fn sign(&mut self, sign: Sign, text: &str) {
        let y = self.y + 7.0;
        match sign {
            Sign::Patch(fill, pen) => {
                let ring =
                    vec![(LEFT, y - 5.0), (LEFT + 24.0, y - 5.0), (LEFT + 24.0, y + 6.0), (LEFT, y + 6.0)];
                self.path(vec![ring], true, Some(fill), pen);
            }
            Sign::Line(pen) => self.path(vec![vec![(LEFT, y), (LEFT + 24.0, y)]], false, None, pen),
            Sign::Dot(radius, fill, pen) => {
                self.scene.items.push(Item::Dot { spot: (LEFT + 12.0, y), radius, fill, pen });
            }
        }
        self.write(text, 10.5, Weight::Plain, INK, INDENT);
    }

    fn path(&mut self, lines: Vec<Vec<Spot>>, closed: bool, fill: Option<Paint>, pen: Pen) {
        self.scene.items.push(Item::Path { lines, closed, fill, pen: Some(pen), clipped: false });
    }

    /// Writes a text in as many lines as it takes; what does not fit the paper is left out, and said so.
    fn write(&mut self, text: &str, size: f64, weight: Weight, rgb: u32, indent: f64) {
        for line in wrapped(text, size, weight, WIDTH - indent) {
            let height = 1.32 * size;
            if self.y + height > BOTTOM {
                return;
            }
            self.y += height;
            let spot = (LEFT + indent, self.y - 0.32 * size);
            self.scene.text(Text { spot, text: line, size, weight, anchor: Anchor::Start, rgb, halo: false });
        }
    }
}

/// A text cut into lines of at most a width; a word that is longer is cut too.
pub(crate) fn wrapped(text: &str, size: f64, weight: Weight, width: f64) -> Vec<String> {
    let fits = |line: &str| font::width(line, size, weight) <= width;
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer) {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            if !fits(&format!("{line}{character}")) {
                lines.push(std::mem::take(&mut line));
            }
            line.push(character);
        }
    }
    lines.push(line);
    lines.retain(|line| !line.is_empty());
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_into_lines_that_fit() {
        let text =
            "each landmark counts as its own trust group averyveryverylongwordwithoutanyplacetocutitatall";
        let lines = wrapped(text, 10.0, Weight::Plain, 120.0);
        assert!(lines.len() > 3);
        assert!(lines.iter().all(|line| font::width(line, 10.0, Weight::Plain) <= 120.0));
        assert_eq!(lines.join("").replace(' ', ""), text.replace(' ', ""));
    }
}
