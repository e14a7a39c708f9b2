//! The map's own letters, so that no picture depends on the fonts of a system.

use std::sync::OnceLock;

use ttf_parser::{Face, GlyphId, OutlineBuilder};

static SANS: &[u8] = include_bytes!("../../fonts/sans.ttf");
static SANS_BOLD: &[u8] = include_bytes!("../../fonts/sans-bold.ttf");

/// What a viewer of vector graphics shall use: the map's own font where it has it, any other else.
pub(crate) const FAMILY: &str = "DejaVu Sans, Verdana, Arial, sans-serif";

/// Thickness of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Ordinary.
    Plain,
    /// Headings and names that matter.
    Bold,
}

fn face(weight: Weight) -> Option<&'static Face<'static>> {
    static FACES: OnceLock<[Option<Face<'static>>; 2]> = OnceLock::new();
    let faces = FACES.get_or_init(|| [SANS, SANS_BOLD].map(|bytes| Face::parse(bytes, 0).ok()));
    faces[weight as usize].as_ref()
}

/// The glyph of a character; a question mark's where the font has none.
fn glyph(face: &Face<'_>, character: char) -> Option<GlyphId> {
    face.glyph_index(character).or_else(|| face.glyph_index('?'))
}

/// Width of a line of text.
pub(crate) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let Some(face) = face(weight) else { return 0.6 * size * text.chars().count() as f64 };
    let units: f64 =
        text.chars().filter_map(|c| face.glyph_hor_advance(glyph(face, c)?)).map(f64::from).sum();
    units * size / f64::from(face.units_per_em())
}

/// Hands the outlines of a line of text that begins at (x, y) to a builder, the y axis downwards.
#[cfg_attr(not(feature = "png"), expect(dead_code, reason = "only pixels need outlines"))]
pub(crate) fn outline(
    text: &str,
    (x, y): (f64, f64),
    size: f64,
    weight: Weight,
    builder: &mut dyn OutlineBuilder,
) {
    let Some(face) = face(weight) else { return };
    let scale = (size / f64::from(face.units_per_em())) as f32;
    let (mut x, y) = (x as f32, y as f32);
    for glyph in text.chars().filter_map(|c| glyph(face, c)) {
        face.outline_glyph(glyph, &mut Placed { builder, x, y, scale });
        x += f32::from(face.glyph_hor_advance(glyph).unwrap_or_default()) * scale;
    }
}

/// Moves a glyph to its place.
struct Placed<'a> {
    builder: &'a mut dyn OutlineBuilder,
    x: f32,
    y: f32,
    scale: f32,
}

impl Placed<'_> {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Placed<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.builder.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.builder.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.builder.curve_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}
