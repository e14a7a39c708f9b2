//! Evaluates the typed tables: sets of what is possible, with margins and reasons.

use crate::band::Band;
use crate::case::{Answer, Case, Seat};
use crate::exact::{Ratio, Span};
use crate::load::{Alternative, ReadReview, ReadState, Rules};
use std::collections::BTreeSet;

/// What the tables say of a case.
#[derive(Debug)]
pub(crate) struct Verdict<'t> {
    pub(crate) class: BTreeSet<&'t str>,
    pub(crate) licence: BTreeSet<bool>,
    pub(crate) review: BTreeSet<&'t str>,
    pub(crate) state: &'t str,
    pub(crate) margins: Vec<Margin<'t>>,
    pub(crate) reasons: Vec<Reason<'t>>,
}

/// How far a quantity is above a line; negative below.
#[derive(Debug)]
pub(crate) struct Margin<'t> {
    pub(crate) rule: &'t str,
    pub(crate) of: &'static str,
    pub(crate) line: Ratio,
    pub(crate) above: Span,
}

/// A rule that was asked, what it answered, and on which facts.
#[derive(Debug)]
pub(crate) struct Reason<'t> {
    pub(crate) rule: &'t str,
    pub(crate) source: &'t str,
    pub(crate) facts: &'static str,
    /// `None`: open.
    pub(crate) holds: Option<bool>,
}

/// Yes, no or open, as a set.
fn both(answer: Option<bool>) -> &'static [bool] {
    match answer {
        Some(true) => &[true],
        Some(false) => &[false],
        None => &[false, true],
    }
}

/// The one member of a set, or open.
fn one(answers: &BTreeSet<bool>) -> Option<bool> {
    (answers.len() == 1).then(|| answers.contains(&true))
}

/// One that holds decides, and else one that is open.
fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for answer in answers {
        match answer {
            Some(true) => return answer,
            Some(false) => {}
            None => open = true,
        }
    }
    (!open).then_some(false)
}

/// One that does not hold decides.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(answers.map(|answer| answer.map(|answer| !answer))).map(|answer| !answer)
}

impl Rules {
    pub(crate) fn verdict(&self, case: &Case) -> Verdict<'_> {
        let class = self.classes(case);
        let controlled: BTreeSet<bool> = class.iter().map(|class| *class != "none").collect();
        let seat = self.seat(case);
        let review = self.reviews.first();
        let met = review.map_or(Some(false), |review| conditions(review, case));
        let (mut licence, mut reviews) = (BTreeSet::new(), BTreeSet::new());
        let mut destinations = BTreeSet::new();
        for place in &case.to {
            let listed = self.names(&self.licence.destination, place, &case.on);
            destinations.insert(listed);
            for control in &controlled {
                for seat in both(seat) {
                    let needed = *control && (listed || *seat);
                    licence.insert(needed);
                    reviews.extend(both(met).iter().map(|met| judged(review, place, needed, *seat, *met)));
                }
            }
        }
        let state = self.state(case);
        let mut reasons = self.reasons(case, one(&controlled), one(&destinations), seat);
        let facts = "TPP, bandwidth, share, conditions";
        reasons.extend(review.map(|review| Reason::new(&review.rule.id, &review.rule.source, facts, met)));
        reasons.extend(state.map(|state| Reason::new(&state.rule, &state.source, "day", Some(true))));
        let (state, margins) = (state.map_or("none", |state| &state.is), self.margins(case));
        Verdict { class, licence, review: reviews, state, margins, reasons }
    }

    /// Each rule of class and licence with its answer; `None` is open.
    fn reasons(
        &self,
        case: &Case,
        controlled: Option<bool>,
        destination: Option<bool>,
        seat: Option<bool>,
    ) -> Vec<Reason<'_>> {
        let Self { classes, licence, .. } = self;
        let (to, at) = (&licence.destination, &licence.seat);
        let mut reasons = vec![
            Reason::new(&classes.id, &classes.source, "TPP, die area, use", controlled),
            Reason::new(&to.id, &to.source, "destination", destination),
            Reason::new(&at.id, &at.source, "seat, owners", seat),
        ];
        reasons.extend(classes.outside.iter().zip(&self.outside).map(|(rule, band)| {
            let use_fits = case.data_centre.map(|centre| centre == rule.data_centre);
            let holds = all([Some(band.holds(case.tpp)), use_fits].into_iter());
            Reason::new(&rule.id, &classes.source, "TPP, use", holds)
        }));
        reasons
    }

    /// The classes that are possible. Between two lines nothing changes, so the lower end and each line
    /// within reach stand for all densities.
    fn classes(&self, case: &Case) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        for centre in both(case.data_centre) {
            let lines = self.either.iter().flatten().flat_map(|alternative| alternative.pd.cuts());
            let reached = lines.filter(|line| case.pd.reaches(*line));
            let densities = std::iter::once(case.pd.lo).chain(reached);
            found.extend(densities.map(|pd| self.class_on(&case.on, case.tpp, pd, *centre)));
        }
        found
    }

    fn class_on(&self, on: &str, tpp: Ratio, pd: Ratio, centre: bool) -> &str {
        if *on < *self.class_from { "none" } else { self.class(tpp, pd, centre) }
    }

    /// The class of a chip of which everything is known.
    pub(crate) fn class(&self, tpp: Ratio, pd: Ratio, centre: bool) -> &str {
        let rules = self.classes.outside.iter().zip(&self.outside);
        if rules.into_iter().any(|(rule, band)| rule.data_centre == centre && band.holds(tpp)) {
            return "none";
        }
        self.fits(tpp, pd).next().unwrap_or("none")
    }

    /// Every class of which an alternative holds.
    pub(crate) fn fits(&self, tpp: Ratio, pd: Ratio) -> impl Iterator<Item = &str> {
        let classes = self.classes.class.iter().zip(&self.either);
        let holds = move |(_, either): &(_, &Vec<Alternative>)| {
            either.iter().any(|alternative| alternative.tpp.holds(tpp) && alternative.pd.holds(pd))
        };
        classes.filter(holds).map(|(class, _)| class.is.as_str())
    }

    fn margins(&self, case: &Case) -> Vec<Margin<'_>> {
        let mut margins = Vec::new();
        for (class, either) in self.classes.class.iter().zip(&self.either) {
            for alternative in either {
                let bands =
                    [("TPP", &alternative.tpp, Span::point(case.tpp)), ("PD", &alternative.pd, case.pd)];
                for (of, band, span) in bands {
                    let above =
                        |line: Ratio| Span { lo: span.lo.minus(line), hi: span.hi.map(|hi| hi.minus(line)) };
                    let margin = |line| Margin { rule: &class.id, of, line, above: above(line) };
                    margins.extend(band.cuts().map(margin));
                }
            }
        }
        margins
    }

    /// Whether the buyer, or who owns enough of it, sits in a place that the rule names.
    fn seat(&self, case: &Case) -> Option<bool> {
        any(case
            .seats
            .iter()
            .map(|seat| all([self.counts(seat, &case.on), self.sits(seat, &case.on)].into_iter())))
    }

    fn counts(&self, seat: &Seat, on: &str) -> Option<bool> {
        let Some(owner) = &seat.owner else { return Some(true) };
        let current = *owner.from <= *on && *on < *owner.until;
        if current { owner.share.map(|share| self.owner_share.holds(share)) } else { Some(false) }
    }

    fn sits(&self, seat: &Seat, on: &str) -> Option<bool> {
        let places = seat.within.as_ref()?;
        one(&places.iter().map(|place| self.names(&self.licence.seat, place, on)).collect())
    }

    /// The latest record that was known and covers the day.
    fn state(&self, case: &Case) -> Option<&ReadState> {
        let known = self.states.iter().filter(|state| state.known <= case.known);
        let covers = known.filter(|state| state.from <= case.on && case.on < state.until);
        covers.max_by_key(|state| &state.known)
    }
}

/// Whether what P13 asks for is there.
fn conditions(review: &ReadReview, case: &Case) -> Option<bool> {
    let bands: [(&Band, Span); 3] = [
        (&review.tpp, Span::point(case.tpp)),
        (&review.dram, Span::point(case.dram)),
        (&review.us_share, case.us_share),
    ];
    let in_force = std::iter::once(Some(review.from <= case.on));
    let bands = bands.into_iter().map(|(band, span)| band.over(span));
    all(in_force.chain(bands).chain(review.rule.holds.iter().map(|name| case.met.get(name).copied())))
}

fn judged<'t>(review: Option<&'t ReadReview>, place: &str, needed: bool, seat: bool, met: bool) -> &'t str {
    let Some(ReadReview { rule, .. }) = review.filter(|_| needed) else { return "none" };
    match (rule.places.iter().any(|other| other == place), met, seat) {
        (true, true, _) => &rule.is,
        (true, false, _) | (false, _, true) => &rule.otherwise,
        (false, _, false) => "other",
    }
}

impl<'t> Reason<'t> {
    fn new(rule: &'t str, source: &'t str, facts: &'static str, holds: Option<bool>) -> Self {
        Self { rule, source, facts, holds }
    }
}

impl Verdict<'_> {
    pub(crate) fn answer(&self) -> Answer {
        let texts = |set: &BTreeSet<&str>| set.iter().map(|text| (*text).to_owned()).collect();
        let yes = |answer: &bool| if *answer { "yes".to_owned() } else { "no".to_owned() };
        Answer {
            class: texts(&self.class),
            licence: self.licence.iter().map(yes).collect(),
            review: texts(&self.review),
            state: self.state.to_owned(),
        }
    }
}
