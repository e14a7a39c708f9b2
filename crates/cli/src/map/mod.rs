//! A verdict as a map that can be printed: one scene, drawn as vectors or as pixels.

mod draw;
mod font;
mod graticule;
mod labels;
mod land;
mod legend;
pub(crate) mod png;
mod scene;
pub(crate) mod svg;
mod view;

pub(crate) use draw::draw;
