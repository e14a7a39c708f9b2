//! What is on the paper, in the order in which it is drawn.

use super::font::{self, Weight};

/// A place on the paper, in units of a 96th of an inch, y downwards.
pub(crate) type Spot = (f64, f64);

/// A colour and how much of what is below it covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Paint {
    /// Red, green and blue.
    pub(crate) rgb: u32,
    /// 0 for nothing, 1 for all.
    pub(crate) alpha: f64,
}

impl Paint {
    /// A colour that covers all.
    pub(crate) const fn solid(rgb: u32) -> Self {
        Self { rgb, alpha: 1.0 }
    }

    /// A colour that lets through what is below.
    pub(crate) const fn glass(rgb: u32, alpha: f64) -> Self {
        Self { rgb, alpha }
    }
}

/// A line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pen {
    /// Its colour.
    pub(crate) paint: Paint,
    /// Its width.
    pub(crate) width: f64,
    /// Dash and gap; zero for a line without gaps.
    pub(crate) dash: f64,
}

impl Pen {
    /// A line without gaps.
    pub(crate) const fn line(rgb: u32, width: f64) -> Self {
        Self { paint: Paint::solid(rgb), width, dash: 0.0 }
    }

    /// A dashed line.
    pub(crate) const fn dashed(rgb: u32, width: f64, dash: f64) -> Self {
        Self { paint: Paint::solid(rgb), width, dash }
    }
}

/// Which end of a text its spot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// The spot is where it begins.
    Start,
    /// The spot is its middle.
    Middle,
    /// The spot is where it ends.
    End,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// On the base line.
    pub(crate) spot: Spot,
    /// What it says.
    pub(crate) text: String,
    /// Height of its letters.
    pub(crate) size: f64,
    /// Their thickness.
    pub(crate) weight: Weight,
    /// Which end the spot is.
    pub(crate) anchor: Anchor,
    /// Its colour.
    pub(crate) rgb: u32,
    /// Whether a light rim keeps it readable over lines.
    pub(crate) halo: bool,
}

impl Text {
    /// Where its base line begins.
    pub(crate) fn start(&self) -> Spot {
        let width = font::width(&self.text, self.size, self.weight);
        let back = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => 0.5,
            Anchor::End => 1.0,
        };
        (self.spot.0 - back * width, self.spot.1)
    }
}

/// Something on the paper.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    /// Rings or lines.
    Path {
        /// Points of each.
        lines: Vec<Vec<Spot>>,
        /// Whether the last point is joined to the first. Filled by the even-odd rule.
        closed: bool,
        /// Inside.
        fill: Option<Paint>,
        /// Along.
        pen: Option<Pen>,
        /// Whether only what lies on the map is drawn.
        clipped: bool,
    },
    /// A round mark.
    Dot {
        /// Its middle.
        spot: Spot,
        /// Its radius.
        radius: f64,
        /// Inside.
        fill: Paint,
        /// Around.
        pen: Option<Pen>,
    },
    /// A line of text.
    Text(Text),
}

/// The part of the paper that is map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Frame {
    /// From the upper left corner, so wide and so high.
    Rectangle {
        /// Upper left corner.
        corner: Spot,
        /// Width and height.
        size: Spot,
    },
    /// The whole Earth.
    Disc {
        /// Its middle.
        centre: Spot,
        /// Its radius.
        radius: f64,
    },
}

impl Frame {
    /// Its middle.
    pub(crate) fn centre(&self) -> Spot {
        match self {
            Self::Rectangle { corner, size } => (corner.0 + size.0 / 2.0, corner.1 + size.1 / 2.0),
            Self::Disc { centre, .. } => *centre,
        }
    }

    /// Whether a box around a spot lies on the map.
    pub(crate) fn holds(&self, (x, y): Spot, margin: f64) -> bool {
        match self {
            Self::Rectangle { corner, size } => {
                x >= corner.0 + margin
                    && y >= corner.1 + margin
                    && x <= corner.0 + size.0 - margin
                    && y <= corner.1 + size.1 - margin
            }
            Self::Disc { centre, radius } => (x - centre.0).hypot(y - centre.1) <= radius - margin,
        }
    }
}

/// A sheet of paper.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scene {
    /// Width and height.
    pub(crate) size: Spot,
    /// For readers that cannot see it.
    pub(crate) title: String,
    /// Where the map is.
    pub(crate) frame: Frame,
    /// What is drawn, the last on top.
    pub(crate) items: Vec<Item>,
}

impl Scene {
    /// Filled rings on the map.
    pub(crate) fn area(&mut self, rings: Vec<Vec<Spot>>, fill: Paint) {
        self.path(rings, true, Some(fill), None);
    }

    /// Lines on the map.
    pub(crate) fn lines(&mut self, lines: Vec<Vec<Spot>>, pen: Pen) {
        self.path(lines, false, None, Some(pen));
    }

    /// Rings or lines on the map.
    pub(crate) fn path(
        &mut self,
        lines: Vec<Vec<Spot>>,
        closed: bool,
        fill: Option<Paint>,
        pen: Option<Pen>,
    ) {
        if !lines.is_empty() {
            self.items.push(Item::Path { lines, closed, fill, pen, clipped: true });
        }
    }

    /// A text anywhere on the paper.
    pub(crate) fn text(&mut self, text: Text) {
        self.items.push(Item::Text(text));
    }
}
