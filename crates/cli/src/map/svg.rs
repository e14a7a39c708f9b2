//! The scene as SVG 1.1.

use std::fmt::Write as _;
use std::io::Write;

use super::font::{FAMILY, Weight};
use super::scene::{Anchor, Frame, Item, Paint, Pen, Scene, Spot, Text};
use crate::exit::Outcome;

/// Writes a picture.
pub(crate) fn write(out: &mut dyn Write, scene: &Scene) -> Outcome<()> {
    let (width, height) = scene.size;
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FAMILY}" role="img">"#
    )?;
    writeln!(out, "<title>{}</title>", escaped(&scene.title))?;
    writeln!(out, r#"<clipPath id="map">{}</clipPath>"#, frame(&scene.frame))?;
    writeln!(out, r##"<rect width="{width}" height="{height}" fill="#ffffff"/>"##)?;
    for item in &scene.items {
        writeln!(out, "{}", element(item))?;
    }
    writeln!(out, "</svg>")?;
    Ok(())
}

fn frame(frame: &Frame) -> String {
    match frame {
        Frame::Rectangle { corner, size } => {
            format!(r#"<rect x="{}" y="{}" width="{}" height="{}"/>"#, corner.0, corner.1, size.0, size.1)
        }
        Frame::Disc { centre, radius } => {
            format!(r#"<circle cx="{}" cy="{}" r="{radius}"/>"#, centre.0, centre.1)
        }
    }
}

fn element(item: &Item) -> String {
    match item {
        Item::Path { lines, closed, fill, pen, clipped } => {
            let clip = if *clipped { r##" clip-path="url(#map)""## } else { "" };
            let rule = if fill.is_some() { r#" fill-rule="evenodd""# } else { "" };
            format!(r#"<path d="{}"{rule}{clip}{}{}/>"#, data(lines, *closed), filled(*fill), drawn(*pen))
        }
        Item::Dot { spot, radius, fill, pen } => format!(
            r#"<circle cx="{:.1}" cy="{:.1}" r="{radius}"{}{}/>"#,
            spot.0,
            spot.1,
            filled(Some(*fill)),
            drawn(*pen)
        ),
        Item::Text(text) => label(text),
    }
}

/// Path data, to a tenth of a unit; points that fall together are left out.
fn data(lines: &[Vec<Spot>], closed: bool) -> String {
    let mut data = String::new();
    for line in lines {
        let mut last = None;
        for &(x, y) in line {
            let tenths = ((x * 10.0).round() as i64, (y * 10.0).round() as i64);
            if last != Some(tenths) {
                let step = if last.is_none() { 'M' } else { 'L' };
                // Writing to a string cannot fail.
                let _ = write!(data, "{step}{} {}", tenths.0 as f64 / 10.0, tenths.1 as f64 / 10.0);
                last = Some(tenths);
            }
        }
        if closed && last.is_some() {
            data.push('Z');
        }
    }
    data
}

fn filled(fill: Option<Paint>) -> String {
    match fill {
        None => r#" fill="none""#.to_owned(),
        Some(Paint { rgb, alpha }) if alpha >= 1.0 => format!(r##" fill="#{rgb:06x}""##),
        Some(Paint { rgb, alpha }) => format!(r##" fill="#{rgb:06x}" fill-opacity="{alpha}""##),
    }
}

fn drawn(pen: Option<Pen>) -> String {
    let Some(pen) = pen else { return String::new() };
    let mut text =
        format!(r##" stroke="#{:06x}" stroke-width="{}" stroke-linejoin="round""##, pen.paint.rgb, pen.width);
    if pen.paint.alpha < 1.0 {
        text += &format!(r#" stroke-opacity="{}""#, pen.paint.alpha);
    }
    if pen.dash > 0.0 {
        text += &format!(r#" stroke-dasharray="{} {}""#, pen.dash, pen.dash);
    }
    text
}

fn label(text: &Text) -> String {
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let weight = if text.weight == Weight::Bold { r#" font-weight="bold""# } else { "" };
    let halo = if text.halo {
        r##" stroke="#ffffff" stroke-opacity="0.85" stroke-width="3" stroke-linejoin="round" paint-order="stroke""##
    } else {
        ""
    };
    format!(
        r##"<text x="{:.1}" y="{:.1}" font-size="{}" text-anchor="{anchor}" fill="#{:06x}"{weight}{halo}>{}</text>"##,
        text.spot.0,
        text.spot.1,
        text.size,
        text.rgb,
        escaped(&text.text)
    )
}

/// Text as XML takes it; characters that XML has no place for are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}
