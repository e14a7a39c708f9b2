//! What goes on the map, from the bottom up.

use lightcone_core::area::AreaKind;
use lightcone_core::region::{Bound, Extent};
use lightcone_core::{
    AreaId, AreaSet, Cap, Direction, Evidence, Finding, LandmarkId, Question, Settings, ellipsoid,
};

use super::font::Weight;
use super::graticule;
use super::labels::{Labels, Look};
use super::land::Land;
use super::legend::{Legend, Sign};
use super::scene::{Anchor, Frame, Item, Paint, Pen, Scene, Spot, Text};
use super::view::{PAPER, View};
use crate::out::Tone;
use crate::render::{Answered, Words, words};
use crate::sphere;

const SEA: Paint = Paint::solid(0xdf_e8ef);
const LAND: Paint = Paint::solid(0xf6_f3ec);
const DENIED: Paint = Paint::glass(0xc6_2828, 0.16);
const ALLOWED: Paint = Paint::glass(0x2e_7d32, 0.15);
const REGION: Paint = Paint::glass(0x1f_6fb2, 0.34);
const CLASH: Paint = Paint::glass(0xc6_2828, 0.10);
const COAST: Pen = Pen::line(0x8a_97a3, 0.7);
const BORDER: Pen = Pen { paint: Paint::solid(0xa9_9f8d), width: 0.6, dash: 0.0 };
const RIM: Pen = Pen::dashed(0x0b_4f8a, 0.9, 4.0);
const EDGE: Pen = Pen::line(0x0b_4f8a, 2.2);
const CLASH_RIM: Pen = Pen::line(0xb7_1c1c, 1.2);
const FRAME: Pen = Pen::line(0x55_6270, 1.0);
const INK: u32 = 0x22_2b33;
const BINDING: Paint = Paint::solid(0x0b_4f8a);
const OTHER: Paint = Paint::solid(0x7b_8794);
const CLASHING: Paint = Paint::solid(0xb7_1c1c);
const CLAIMED: Paint = Paint::solid(0xad_1457);
/// How much wider than the region the map is.
const ROOM: f64 = 1.3;
/// A region wider than this from its middle is shown on a map of the whole Earth.
const WIDE_RAD: f64 = 1.9;
/// Names of landmarks on the map, at most.
const NAMES_MAX: usize = 14;
/// Conflicts that are drawn, worst first.
const CLASHES_MAX: usize = 3;

/// Draws one answer.
pub(crate) fn draw(words: Words<'_>, answered: &Answered, settings: &Settings) -> Scene {
    let evidence = Evidence::new(words.mesh, settings.mode, &answered.observations);
    let clashing = clashing(answered, &evidence);
    let view = view(words, answered, &clashing);
    let title = format!("{}: where it can be", words.node(&answered.target));
    let mut scene = Scene { size: PAPER, title, frame: view.frame, items: Vec::new() };
    let sheet = Sheet { words, answered, view: &view, clashing: &clashing };
    let land = Land::new(&view);
    sheet.ground(&mut scene, &land);
    sheet.bounds(&mut scene);
    let mut labels = Labels::new(view.frame);
    sheet.landmarks(&mut scene, &mut labels);
    sheet.countries(&mut scene, &mut labels, &land);
    sheet.frame(&mut scene);
    sheet.heading(&mut scene);
    sheet.column(&mut scene);
    scene
}

/// The bounds of the landmarks that contradict one another, where no place fits.
fn clashing(answered: &Answered, evidence: &Evidence<'_>) -> Vec<Bound> {
    let verdict = &answered.located.verdict;
    if verdict.extent != Some(Extent::Empty) {
        return Vec::new();
    }
    let pairs = verdict.conflicts.iter().take(CLASHES_MAX);
    let mut ids: Vec<LandmarkId> = pairs.flat_map(|conflict| [conflict.first, conflict.second]).collect();
    ids.sort_unstable();
    ids.dedup();
    evidence.caps().filter(|bound| ids.binary_search(&bound.landmark).is_ok()).collect()
}

/// What to show: the region with room around it, the bounds that clash, or the whole Earth.
fn view(words: Words<'_>, answered: &Answered, clashing: &[Bound]) -> View {
    let region = answered.located.region.as_ref().filter(|region| region.extent() == Extent::Bounded);
    if let Some((region, middle)) = region.and_then(|region| Some((region, region.centroid()?))) {
        let half = region.farthest_rad(middle) * ROOM;
        return View::around(middle, if half > WIDE_RAD { std::f64::consts::PI } else { half });
    }
    if let Some(middle) = mean(clashing.iter().map(|bound| bound.cap.centre())) {
        let reach = |bound: &Bound| middle.angle_to(bound.cap.centre()) + bound.cap.radius_rad();
        let half = clashing.iter().map(reach).fold(0.0, f64::max) * 1.15;
        return View::around(middle, if half > WIDE_RAD { std::f64::consts::PI } else { half });
    }
    let measured = answered.observations.iter().map(|seen| words.mesh.direction(seen.landmark));
    View::around(mean(measured).unwrap_or(Direction::NORTH), std::f64::consts::PI)
}

fn mean(directions: impl Iterator<Item = Direction>) -> Option<Direction> {
    directions.map(Direction::vector).reduce(|sum, vector| sum + vector)?.direction()
}

struct Sheet<'a> {
    words: Words<'a>,
    answered: &'a Answered,
    view: &'a View,
    clashing: &'a [Bound],
}

impl Sheet<'_> {
    /// Sea, land, the areas asked about, the net of degrees, borders.
    fn ground(&self, scene: &mut Scene, land: &Land) {
        scene.area(vec![self.outline()], SEA);
        let every = (0..self.words.borders.areas().len()).filter_map(AreaId::new);
        let solid: AreaSet = every.filter(|area| *area != AreaId::SEA).collect();
        scene.area(self.view.rings(&land.shape(self.words.borders, solid)), LAND);
        for (areas, paint) in self.asked() {
            scene.area(self.view.rings(&land.shape(self.words.borders, areas)), paint);
        }
        graticule::draw(scene, self.view);
        scene.lines(land.lines(false).flat_map(|line| self.view.lines(line)).collect(), BORDER);
        scene.lines(land.lines(true).flat_map(|line| self.view.lines(line)).collect(), COAST);
    }

    /// The areas asked about, without the sea, with their colours.
    fn asked(&self) -> Vec<(AreaSet, Paint)> {
        let questions = self.answered.located.verdict.answers.iter().map(|answer| &answer.question);
        let sets = questions.filter_map(|question| match question {
            Question::Inside { areas, .. } => Some((*areas, ALLOWED)),
            Question::Outside { areas } => Some((*areas, DENIED)),
            Question::Claim { .. } => None,
        });
        sets.map(|(areas, paint)| (self.counting_as(&areas), paint)).collect()
    }

    /// The land that may count as one of some destinations.
    fn counting_as(&self, areas: &AreaSet) -> AreaSet {
        let (borders, worldview) = (self.words.borders, self.answered.located.verdict.worldview);
        let atoms = (0..borders.areas().len()).filter_map(AreaId::new).filter(|atom| *atom != AreaId::SEA);
        atoms.filter(|atom| borders.destinations(worldview, *atom).meets(areas)).collect()
    }

    /// The region and the rims that bound it, or the bounds that clash.
    fn bounds(&self, scene: &mut Scene) {
        for bound in self.clashing {
            let shape = sphere::of_cap(&bound.cap);
            scene.area(self.view.rings(&shape), CLASH);
            scene.lines(self.view.outlines(&shape), CLASH_RIM);
        }
        if let Some(region) = &self.answered.located.region {
            let shape = sphere::of_region(region);
            scene.area(self.view.rings(&shape), REGION);
            let rims = region.binding().flat_map(|bound| self.view.outlines(&sphere::of_cap(&bound.cap)));
            scene.lines(rims.collect(), RIM);
            scene.lines(self.view.outlines(&shape), EDGE);
        }
    }

    /// Marks and names: the claim, the landmarks that bind or clash, then the others.
    fn landmarks(&self, scene: &mut Scene, labels: &mut Labels) {
        let strong: Vec<Bound> = match &self.answered.located.region {
            Some(region) if !region.is_empty() => region.binding().copied().collect(),
            _ => self.clashing.to_vec(),
        };
        let fill = if self.clashing.is_empty() { BINDING } else { CLASHING };
        for seen in &self.answered.observations {
            if strong.iter().all(|bound| bound.landmark != seen.landmark) {
                self.dot(scene, self.words.mesh.direction(seen.landmark), 2.4, OTHER);
            }
        }
        let on_map = |bound: &&Bound| self.on_map(self.words.mesh.direction(bound.landmark)).is_some();
        let (near, far): (Vec<&Bound>, Vec<&Bound>) = strong.iter().partition(on_map);
        for spot in near.iter().filter_map(|bound| self.on_map(self.words.mesh.direction(bound.landmark))) {
            labels.keep_free(spot, 4.0);
        }
        self.claims(scene, labels);
        for bound in near.iter().take(NAMES_MAX) {
            let direction = self.words.mesh.direction(bound.landmark);
            self.dot(scene, direction, 4.2, fill);
            let look = Look { size: 11.0, weight: Weight::Bold, rgb: fill.rgb };
            labels.beside(scene, &self.named(bound), self.view.spot(direction), 8.0, look);
        }
        for bound in far.iter().take(NAMES_MAX) {
            self.name_rim(scene, labels, bound, fill.rgb);
        }
    }

    /// The place of a direction on the map, if it is there.
    fn on_map(&self, direction: Direction) -> Option<Spot> {
        let spot = self.view.holds(direction).then(|| self.view.spot(direction))?;
        self.view.frame.holds(spot, 0.0).then_some(spot)
    }

    fn dot(&self, scene: &mut Scene, direction: Direction, radius: f64, fill: Paint) {
        if let Some(spot) = self.on_map(direction) {
            scene.items.push(Item::Dot { spot, radius, fill, pen: Some(Pen::line(0xff_ffff, 1.0)) });
        }
    }

    /// A landmark's name with the radius of its bound.
    fn named(&self, bound: &Bound) -> String {
        let disks = self.answered.located.verdict.binding.iter();
        let radius = disks.filter(|disk| disk.landmark == bound.landmark).map(|disk| disk.radius_m).next();
        let name = self.words.short(bound.landmark);
        radius.map_or_else(|| name.clone(), |radius_m| format!("{name}, {}", words::km(radius_m)))
    }

    /// Names a landmark that is off the map on its rim, where the rim bounds the region.
    fn name_rim(&self, scene: &mut Scene, labels: &mut Labels, bound: &Bound, rgb: u32) {
        let middles = self.rim_spots(bound);
        let look = Look { size: 10.0, weight: Weight::Plain, rgb };
        for spot in middles {
            if labels.beside(scene, &format!("from {}", self.named(bound)), spot, 5.0, look) {
                return;
            }
        }
    }

    /// Spots along a landmark's part of the region's edge, the middle of the longest stretch first; for a
    /// bound that clashes, of its rim.
    fn rim_spots(&self, bound: &Bound) -> Vec<Spot> {
        let Some(region) = self.answered.located.region.as_ref().filter(|region| !region.is_empty()) else {
            let rim = sphere::of_cap(&bound.cap).loops.concat();
            return rim.into_iter().step_by(8).filter_map(|point| self.on_map(point)).collect();
        };
        let own =
            |arc: &&lightcone_core::region::Arc| region.bounds()[arc.bound()].landmark == bound.landmark;
        let mut arcs: Vec<_> = region.arcs().iter().filter(own).collect();
        arcs.sort_by(|a, b| b.span_rad().total_cmp(&a.span_rad()));
        let shares = [0.5, 0.3, 0.7, 0.15, 0.85];
        let spots = arcs.iter().flat_map(|arc| shares.map(|share| region.rim(arc).at(arc.along(share))));
        spots.filter_map(|point| self.on_map(point)).collect()
    }

    fn claims(&self, scene: &mut Scene, labels: &mut Labels) {
        for answer in &self.answered.located.verdict.answers {
            let Question::Claim { point, tolerance } = answer.question else { continue };
            let direction = ellipsoid::direction(point);
            let cap = Cap::around(direction, tolerance.get() / ellipsoid::A_M);
            let pen = Pen { paint: CLAIMED, width: 1.4, dash: 0.0 };
            scene.lines(self.view.outlines(&sphere::of_cap(&cap)), pen);
            self.dot(scene, direction, 4.2, CLAIMED);
            if let Some(spot) = self.on_map(direction) {
                labels.keep_free(spot, 4.0);
                let look = Look { size: 11.0, weight: Weight::Bold, rgb: CLAIMED.rgb };
                labels.beside(scene, "claimed place", spot, 8.0, look);
            }
        }
    }

    /// Names of countries, where there is room.
    fn countries(&self, scene: &mut Scene, labels: &mut Labels, land: &Land) {
        let mut places: Vec<(f64, Spot, AreaId)> = Vec::new();
        let named = |area: &AreaId| self.words.borders.areas()[area.index()].kind == AreaKind::Iso;
        for area in land.shown().iter().filter(named) {
            let rings = self.view.rings(&land.shape(self.words.borders, AreaSet::of(area)));
            let largest = rings.iter().map(|ring| middle_of(ring)).max_by(|a, b| a.0.total_cmp(&b.0));
            places.extend(largest.map(|(size, spot)| (size, spot, area)));
        }
        places.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
        for (size, spot, area) in places {
            let area = &self.words.borders.areas()[area.index()];
            let text = if size > 5_000.0 { area.name.as_str() } else { area.code.as_str() };
            let look = Look { size: 9.5, weight: Weight::Plain, rgb: 0x8a_7f6c };
            if size > 60.0 && self.view.frame.holds(spot, 4.0) {
                labels.put(
                    scene,
                    Text {
                        spot: (spot.0, spot.1 + 3.0),
                        text: text.to_owned(),
                        size: look.size,
                        weight: look.weight,
                        anchor: Anchor::Middle,
                        rgb: look.rgb,
                        halo: false,
                    },
                );
            }
        }
    }

    fn outline(&self) -> Vec<Spot> {
        match self.view.frame {
            Frame::Rectangle { corner: (x, y), size: (width, height) } => {
                vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            }
            Frame::Disc { centre, radius } => {
                let turn = |step: u32| f64::from(step).to_radians();
                (0..360)
                    .map(|step| (centre.0 + radius * turn(step).cos(), centre.1 + radius * turn(step).sin()))
                    .collect()
            }
        }
    }

    fn frame(&self, scene: &mut Scene) {
        let lines = vec![self.outline()];
        scene.items.push(Item::Path { lines, closed: true, fill: None, pen: Some(FRAME), clipped: false });
        graticule::scale_bar(scene, self.view);
    }

    fn heading(&self, scene: &mut Scene) {
        let title = Text {
            spot: (20.0, 34.0),
            text: scene.title.clone(),
            size: 20.0,
            weight: Weight::Bold,
            anchor: Anchor::Start,
            rgb: INK,
            halo: false,
        };
        let verdict = &self.answered.located.verdict;
        let what = match verdict.summary {
            Some(summary) => format!(
                "{} around {}, bound by {} of {} landmarks",
                words::km2(summary.area_m2),
                summary.centroid,
                verdict.binding.len(),
                verdict.landmarks
            ),
            None if verdict.extent == Some(Extent::Empty) => {
                "No place fits: landmarks contradict one another".to_owned()
            }
            None if verdict.extent.is_none() => "Too few trust groups measured".to_owned(),
            None => format!("{} landmarks rule nothing out", verdict.landmarks),
        };
        let below =
            Text { spot: (20.0, 56.0), text: what, size: 12.5, weight: Weight::Plain, ..title.clone() };
        scene.text(title);
        scene.text(below);
    }

    fn column(&self, scene: &mut Scene) {
        let verdict = &self.answered.located.verdict;
        let words = self.words;
        let mut legend = Legend::new(scene);
        for answer in &verdict.answers {
            legend.finding(&words::headline(verdict, answer), rgb_of(answer.finding));
            legend.say(&words.question(&answer.question));
            for reason in &answer.reasons {
                legend.say(&words.reason(&answer.question, reason));
            }
        }
        if let (true, Some(finding)) = (verdict.answers.is_empty(), words::unasked(verdict)) {
            legend.finding(finding.name(), rgb_of(finding));
        }
        legend.head("Possible jurisdictions");
        legend.say(&words.possible(verdict));
        if verdict.least_liars > 0 {
            legend.head("Contradictions");
            legend.warn(&words::lying(verdict.least_liars), CLASHING.rgb);
            for conflict in verdict.conflicts.iter().take(CLASHES_MAX) {
                let pair = [conflict.first, conflict.second].map(|id| words.short(id)).join(" and ");
                legend.say(&format!("{pair}: {} apart", words::km(conflict.gap_m)));
            }
        }
        legend.head("What it rests on");
        legend.say(&format!("light: {}", words::light(verdict.mode)));
        legend.say(&format!("at most {} of {} lie", verdict.liars, words::groups(verdict.groups)));
        for assumption in &verdict.assumptions {
            legend.say(&format!("assuming that {}", words::assumption(assumption)));
        }
        legend.say(&format!("borders: {}", lightcone_core::Borders::VERSION));
        self.signs(&mut legend);
        legend.say("Lambert azimuthal equal-area projection; areas compare, angles do not.");
    }

    fn signs(&self, legend: &mut Legend<'_>) {
        legend.head("Signs");
        if self.clashing.is_empty() {
            legend.sign(Sign::Patch(REGION, EDGE), "where it can be");
            legend.sign(Sign::Line(RIM), "bound of a landmark that limits it");
            legend.sign(Sign::Dot(4.2, BINDING, None), "landmark that limits it, and its bound");
        } else {
            legend.sign(Sign::Patch(CLASH, CLASH_RIM), "bounds that cannot all be true");
            legend.sign(Sign::Dot(4.2, CLASHING, None), "landmark of such a bound");
        }
        legend.sign(Sign::Dot(2.4, OTHER, None), "other landmark that measured");
        let fine = |paint: Paint| Pen { paint, width: 0.6, dash: 0.0 };
        for (_, paint) in self.asked() {
            let text =
                if paint == DENIED { "area asked about (outside?)" } else { "area asked about (inside?)" };
            legend.sign(Sign::Patch(paint, fine(paint)), text);
        }
    }
}

const fn rgb_of(finding: Finding) -> u32 {
    match words::tone(finding) {
        Tone::Good => 0x2e_7d32,
        Tone::Bad => 0xb7_1c1c,
        Tone::Doubt | Tone::Strong | Tone::Faint => 0x9a_6700,
    }
}

/// Area and middle of a ring on paper.
fn middle_of(ring: &[Spot]) -> (f64, Spot) {
    let next = ring.iter().cycle().skip(1);
    let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
    for (a, b) in ring.iter().zip(next) {
        let cross = a.0 * b.1 - b.0 * a.1;
        area += cross / 2.0;
        x += (a.0 + b.0) * cross / 6.0;
        y += (a.1 + b.1) * cross / 6.0;
    }
    if area == 0.0 { (0.0, (0.0, 0.0)) } else { (area.abs(), (x / area, y / area)) }
}
