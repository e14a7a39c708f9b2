//! Meridians and parallels, and the scale bar.

use lightcone_core::{Direction, Point, ellipsoid};

use super::font::{self, Weight};
use super::scene::{Anchor, Frame, Item, Paint, Pen, Scene, Spot, Text};
use super::view::View;
use crate::render::words::grouped;

const STEPS_DEG: [f64; 13] = [30.0, 20.0, 15.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
/// Lines across the map, at least.
const LINES_MIN: f64 = 4.0;
/// Beyond this latitude a map shows meridians all around the pole.
const POLAR_DEG: f64 = 80.0;
const SAMPLES: u32 = 360;
const PEN: Pen = Pen { paint: Paint::glass(0x6b_7f93, 0.35), width: 0.6, dash: 0.0 };
const SIZE: f64 = 9.0;
const GREY: u32 = 0x55_6270;
/// The longest scale bar, in units of paper.
const BAR_UNITS_MAX: f64 = 150.0;

/// Draws the net of degrees with its numbers.
pub(crate) fn draw(scene: &mut Scene, view: &View) {
    let middle = ellipsoid::point(view.centre());
    let half = view.radius_rad().to_degrees().min(90.0);
    let step = STEPS_DEG.into_iter().find(|step| 2.0 * half / step >= LINES_MIN + 1.0).unwrap_or(0.01);
    let (low, high) = ((middle.lat_deg() - half).max(-90.0), (middle.lat_deg() + half).min(90.0));
    let (low, high) = if view.is_round() { (-90.0, 90.0) } else { (low, high) };
    let polar = view.is_round() || high.max(-low) > POLAR_DEG;
    let widest = high.abs().max(low.abs()).to_radians().cos();
    let reach = if polar { 180.0 } else { (half / widest).min(180.0) };
    let step_lon = if polar { step.max(15.0) } else { nice_above(step, reach) };
    for lat in multiples(step, low, high).filter(|lat| lat.abs() < 89.9) {
        let line = sampled(|share| (lat, middle.lon_deg() + reach * (2.0 * share - 1.0)));
        number(scene, view, &line, &degrees(lat, 'N', 'S'), Side::Left);
        scene.lines(view.lines(&line), PEN);
    }
    let longitudes = multiples(step_lon, middle.lon_deg() - reach, middle.lon_deg() + reach - 1e-9);
    for lon in longitudes {
        let line = sampled(|share| (low + (high - low) * share, lon));
        let wrapped = (lon + 180.0).rem_euclid(360.0) - 180.0;
        number(scene, view, &line, &degrees(wrapped, 'E', 'W'), Side::Bottom);
        scene.lines(view.lines(&line), PEN);
    }
}

/// A step for longitudes when meridians are close together.
fn nice_above(step: f64, reach: f64) -> f64 {
    let finer = STEPS_DEG.into_iter().find(|candidate| 2.0 * reach / candidate >= LINES_MIN + 1.0);
    finer.unwrap_or(step).max(step)
}

fn multiples(step: f64, low: f64, high: f64) -> impl Iterator<Item = f64> {
    let (first, last) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    (first..=last).map(move |index| index as f64 * step)
}

fn sampled(at: impl Fn(f64) -> (f64, f64)) -> Vec<Direction> {
    let points = (0..=SAMPLES).filter_map(|index| {
        let (lat, lon) = at(f64::from(index) / f64::from(SAMPLES));
        Point::from_degrees(lat.clamp(-90.0, 90.0), (lon + 180.0).rem_euclid(360.0) - 180.0).ok()
    });
    points.map(ellipsoid::direction).collect()
}

fn degrees(value: f64, plus: char, minus: char) -> String {
    let rounded = (value * 100.0).round() / 100.0;
    if rounded == 0.0 || rounded.abs() == 180.0 {
        return format!("{}°", rounded.abs());
    }
    format!("{}° {}", rounded.abs(), if rounded < 0.0 { minus } else { plus })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Bottom,
}

/// Writes a line's degrees where it leaves the map.
fn number(scene: &mut Scene, view: &View, line: &[Direction], text: &str, side: Side) {
    let Frame::Rectangle { corner, size } = view.frame else { return };
    let bottom = corner.1 + size.1;
    let spots: Vec<Spot> =
        line.iter().filter(|point| view.holds(**point)).map(|&point| view.spot(point)).collect();
    let leaves = |pair: &[Spot]| match side {
        Side::Left => crossing(pair, |spot| spot.0 - corner.0),
        Side::Bottom => crossing(pair, |spot| bottom - spot.1),
    };
    let Some((x, y)) = spots.windows(2).find_map(leaves) else { return };
    let spot = match side {
        Side::Left => (x + 4.0, y - 3.0),
        Side::Bottom => (x + 3.0, y - 5.0),
    };
    let right = spot.0 + font::width(text, SIZE, Weight::Plain);
    let under_bar = side == Side::Bottom && right > corner.0 + size.0 - BAR_UNITS_MAX - 50.0;
    if view.frame.holds((right, spot.1), 3.0) && view.frame.holds(spot, 3.0) && !under_bar {
        let anchor = Anchor::Start;
        scene.text(Text {
            spot,
            text: text.to_owned(),
            size: SIZE,
            weight: Weight::Plain,
            anchor,
            rgb: GREY,
            halo: true,
        });
    }
}

/// Where a side of a line crosses zero.
fn crossing(pair: &[Spot], measure: impl Fn(Spot) -> f64) -> Option<Spot> {
    let (from, to) = (measure(pair[0]), measure(pair[1]));
    if (from < 0.0) == (to < 0.0) {
        return None;
    }
    let share = from / (from - to);
    Some((pair[0].0 + share * (pair[1].0 - pair[0].0), pair[0].1 + share * (pair[1].1 - pair[0].1)))
}

/// Draws a bar of round length in the lower right corner, true in the middle of the map.
pub(crate) fn scale_bar(scene: &mut Scene, view: &View) {
    let Frame::Rectangle { corner, size } = view.frame else { return };
    let longest = BAR_UNITS_MAX * view.unit_km();
    let power = 10f64.powf(longest.log10().floor());
    let km = [5.0, 2.0, 1.0].into_iter().map(|lead| lead * power).find(|km| *km <= longest).unwrap_or(power);
    let (right, y) = (corner.0 + size.0 - 18.0, corner.1 + size.1 - 18.0);
    let left = right - km / view.unit_km();
    let back = vec![vec![
        (left - 10.0, y - 20.0),
        (right + 10.0, y - 20.0),
        (right + 10.0, y + 9.0),
        (left - 10.0, y + 9.0),
    ]];
    let plate = Item::Path {
        lines: back,
        closed: true,
        fill: Some(Paint::glass(0xff_ffff, 0.85)),
        pen: None,
        clipped: false,
    };
    let bar = vec![vec![(left, y - 4.0), (left, y), (right, y), (right, y - 4.0)]];
    let bar = Item::Path {
        lines: bar,
        closed: false,
        fill: None,
        pen: Some(Pen::line(0x22_2b33, 1.4)),
        clipped: false,
    };
    scene.items.extend([plate, bar]);
    let text =
        if km >= 1.0 { format!("{} km", grouped(km as u64)) } else { format!("{} m", (km * 1e3).round()) };
    let spot = ((left + right) / 2.0, y - 7.0);
    let anchor = Anchor::Middle;
    scene.text(Text { spot, text, size: 10.0, weight: Weight::Plain, anchor, rgb: 0x22_2b33, halo: false });
}
