//! Names on the map that do not cover one another.

use super::font::{self, Weight};
use super::scene::{Anchor, Frame, Scene, Spot, Text};

/// Room around a name.
const MARGIN: f64 = 2.0;

/// Places names, first come, first served.
pub(crate) struct Labels {
    frame: Frame,
    taken: Vec<[f64; 4]>,
}

/// How a name looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Height of its letters.
    pub(crate) size: f64,
    /// Their thickness.
    pub(crate) weight: Weight,
    /// Its colour.
    pub(crate) rgb: u32,
}

impl Labels {
    /// No names yet.
    pub(crate) const fn new(frame: Frame) -> Self {
        Self { frame, taken: Vec::new() }
    }

    /// Keeps a place free.
    pub(crate) fn keep_free(&mut self, (x, y): Spot, radius: f64) {
        self.taken.push([x - radius, y - radius, x + radius, y + radius]);
    }

    /// Writes a name beside a spot, wherever there is room; says whether there was.
    pub(crate) fn beside(&mut self, scene: &mut Scene, text: &str, spot: Spot, gap: f64, look: Look) -> bool {
        let up = 0.36 * look.size;
        let far = gap + look.size;
        let candidates = [
            (gap, up, Anchor::Start),
            (-gap, up, Anchor::End),
            (0.0, -gap - 1.0, Anchor::Middle),
            (0.0, gap + 0.8 * look.size, Anchor::Middle),
            (gap, -gap, Anchor::Start),
            (-gap, -gap, Anchor::End),
            (gap, gap + 0.8 * look.size, Anchor::Start),
            (-gap, gap + 0.8 * look.size, Anchor::End),
            (far, up - look.size, Anchor::Start),
            (far, up + look.size, Anchor::Start),
            (-far, up - look.size, Anchor::End),
            (-far, up + look.size, Anchor::End),
        ];
        candidates.into_iter().any(|(x, y, anchor)| {
            let label = Text {
                spot: (spot.0 + x, spot.1 + y),
                text: text.to_owned(),
                size: look.size,
                weight: look.weight,
                anchor,
                rgb: look.rgb,
                halo: true,
            };
            self.put(scene, label)
        })
    }

    /// Writes a name if its place is free and on the map.
    pub(crate) fn put(&mut self, scene: &mut Scene, label: Text) -> bool {
        let ((left, base), width) = (label.start(), font::width(&label.text, label.size, label.weight));
        let area = [
            left - MARGIN,
            base - 0.8 * label.size - MARGIN,
            left + width + MARGIN,
            base + 0.25 * label.size + MARGIN,
        ];
        let corners = [(area[0], area[1]), (area[2], area[1]), (area[0], area[3]), (area[2], area[3])];
        let on_map = corners.into_iter().all(|corner| self.frame.holds(corner, 1.0));
        let free = self.taken.iter().all(|other| {
            area[2] < other[0] || other[2] < area[0] || area[3] < other[1] || other[3] < area[1]
        });
        if on_map && free {
            self.taken.push(area);
            scene.text(label);
        }
        on_map && free
    }
}
