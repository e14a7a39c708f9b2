//! What the rules say of one destination: every requirement, what takes it away, and what is left of it.

use crate::country::Country;
use crate::decision::{Effect, Ground, Missing, Ruling, Used};
use crate::force::Force;
use crate::rule::Instrument;
use crate::source::Grade;
use crate::transfer::Licence;
use crate::tri::Tri;

use super::exception::{self, Excepted};
use super::forbid;
use super::licence::{self, Against};
use super::matter::{Goods, Matter};
use super::requirement::{self, Need};
use super::review::{self, Policy};
use super::shown::Shown;
use super::{cite, shadow, who};

/// What the rules say of one destination.
pub(crate) struct Found {
    pub(crate) best: Ruling,
    pub(crate) worst: Ruling,
    /// Grounds, each with the goods that it is about.
    pub(crate) grounds: Vec<(String, Ground)>,
    pub(crate) facts: Vec<Used>,
    pub(crate) missing: Vec<Missing>,
}

/// A requirement with what is found about it.
struct Weighed<'a> {
    need: Need<'a>,
    excepted: Vec<Excepted<'a>>,
    /// Whether exceptions take it away.
    covered: Tri,
}

/// What the rules say of all goods at one destination: the strictest of all requirements.
pub(crate) fn at(matter: &Matter<'_>, destination: Option<Country>) -> Found {
    let needs: Vec<Vec<Need<'_>>> =
        matter.goods.iter().map(|goods| requirement::needs(matter, goods, destination)).collect();
    let asked: Vec<Tri> =
        needs.iter().map(|needs| Tri::any(needs.iter().map(|need| need.applies.holds))).collect();
    let weighed: Vec<Vec<Weighed<'_>>> = matter
        .goods
        .iter()
        .zip(needs)
        .map(|(goods, needs)| {
            needs.into_iter().map(|need| weigh(matter, goods, destination, need, &asked)).collect()
        })
        .collect();
    let left: Vec<Tri> = weighed
        .iter()
        .map(|weighed| Tri::any(weighed.iter().map(|one| one.need.applies.holds & !one.covered)))
        .collect();
    let mut found =
        Found { best: Ruling::Allow, worst: Ruling::Allow, grounds: vec![], facts: vec![], missing: vec![] };
    for (goods, weighed) in matter.goods.iter().zip(weighed) {
        found.shadow(matter, goods, destination, weighed.iter().map(|one| &one.need));
        for one in weighed {
            found.rule(matter, goods, destination, one, &left);
        }
    }
    found
}

fn weigh<'a>(
    matter: &'a Matter<'a>,
    goods: &Goods,
    destination: Option<Country>,
    need: Need<'a>,
    asked: &[Tri],
) -> Weighed<'a> {
    let drawn = |licence: &Licence| drawn(matter, licence, asked);
    let excepted = exception::against(matter, goods, destination, &need, &drawn);
    let covered = exception::covers(matter, goods, &need, &excepted);
    Weighed { need, excepted, covered }
}

/// Units that are drawn on a licence, at least and at most: of all goods that need it and that it is for.
fn drawn(matter: &Matter<'_>, licence: &Licence, needed: &[Tri]) -> (u64, u64) {
    let goods = matter.goods.iter().zip(needed).filter(|(goods, _)| licence::is_for(licence, goods));
    goods.fold((0, 0), |(lo, hi), (goods, needed)| {
        let units = |counts: bool| if counts { goods.units } else { 0 };
        let (least, most) = (units(needed.must()), units(needed.may()));
        (u64::saturating_add(lo, least), u64::saturating_add(hi, most))
    })
}

impl Found {
    /// Weighs one requirement and notes what counts.
    fn rule(
        &mut self,
        matter: &Matter<'_>,
        goods: &Goods,
        destination: Option<Country>,
        one: Weighed<'_>,
        left: &[Tri],
    ) {
        let Weighed { need, excepted, covered } = one;
        let against = Against::Need(&need);
        let covers = |licence: &Licence| {
            licence::covers(matter, licence, &against, goods, destination, drawn(matter, licence, left))
        };
        let licences = matter.transfer().licences.iter();
        let (refused, held): (Vec<&Licence>, Vec<&Licence>) = licences.partition(|licence| licence.refused);
        let licensed = Shown::any(held.into_iter().map(covers));
        let refused = Shown::any(refused.into_iter().map(covers));
        let unmet = need.applies.holds & !covered & !licensed.holds;
        let policy =
            if unmet.may() { review::of(matter, goods, destination, &need) } else { Policy::default() };
        let (best, worst) = forbid::rulings(unmet, refused.holds, &policy);
        self.best = self.best.max(best);
        self.worst = self.worst.max(worst);
        if unmet == Tri::Open {
            let open = excepted.iter().map(|excepted| &excepted.applies).chain([&need.applies, &licensed]);
            let open = open.filter(|shown| shown.holds == Tri::Open);
            self.missing.extend(open.flat_map(|shown| shown.missing.iter().cloned()));
        }
        if refused.holds == Tri::Open {
            self.missing.extend(refused.missing.iter().cloned());
        }
        self.ground(matter, goods, &need, (Effect::Licensed, &licensed));
        self.excepted(matter, goods, &excepted);
        self.ground(matter, goods, &need, (Effect::Forbids, &forbid::shown(unmet, refused, &policy)));
        self.ground(matter, goods, &need, (Effect::Requires, &need.applies));
        for (instrument, force, rule, reached) in who::reaching(matter, &need.rule.lists) {
            let cited = (rule.id.as_str(), rule.grade);
            self.note(matter, goods, (instrument, force), (cited, Effect::Requires, &reached));
        }
        self.grounds.extend(policy.grounds.into_iter().map(|ground| (goods.name.clone(), ground)));
        self.facts.extend(policy.facts);
        self.missing.extend(policy.missing);
    }

    /// Notes what is found about a requirement, unless it does not hold.
    fn ground(
        &mut self,
        matter: &Matter<'_>,
        goods: &Goods,
        need: &Need<'_>,
        (effect, shown): (Effect, &Shown),
    ) {
        let cited = (need.rule.id.as_str(), need.rule.grade);
        self.note(matter, goods, (need.instrument, need.force), (cited, effect, shown));
    }

    fn note(
        &mut self,
        matter: &Matter<'_>,
        goods: &Goods,
        text: (&Instrument, Force),
        (cited, effect, shown): ((&str, Option<Grade>), Effect, &Shown),
    ) {
        if shown.holds == Tri::No {
            return;
        }
        let ground = cite::ground(matter.law, text, cited, effect, (shown.holds, words(shown)));
        self.grounds.push((goods.name.clone(), ground));
        self.facts.extend(shown.facts.iter().cloned());
    }

    fn excepted(&mut self, matter: &Matter<'_>, goods: &Goods, excepted: &[Excepted<'_>]) {
        for Excepted { instrument, force, rule, applies } in excepted {
            let cited = (rule.id.as_str(), rule.grade);
            self.note(matter, goods, (instrument, *force), (cited, Effect::Excepts, applies));
        }
    }

    /// What texts would do that are not applied.
    fn shadow<'a>(
        &mut self,
        matter: &Matter<'_>,
        goods: &Goods,
        destination: Option<Country>,
        needs: impl Iterator<Item = &'a Need<'a>>,
    ) {
        let needs: Vec<&Need<'_>> = needs.collect();
        let would = shadow::would(matter, goods, destination, &needs);
        self.grounds.extend(would.into_iter().map(|ground| (goods.name.clone(), ground)));
    }
}

/// Reasons in one line.
pub(crate) fn words(shown: &Shown) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for why in &shown.why {
        if !seen.contains(&why.as_str()) {
            seen.push(why);
        }
    }
    seen.join("; ")
}
