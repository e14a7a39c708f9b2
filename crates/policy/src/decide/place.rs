//! Whether a place is one of those that a rule names, and by which group.

use crate::country::Country;
use crate::decision::Used;
use crate::law::Law;
use crate::rule::Places;
use crate::source::Source;
use crate::tri::Tri;

use super::matter::Matter;
use super::shown::Shown;

/// Whether a destination is one of these places. A destination that is not known may be any.
pub(crate) fn within(matter: &Matter<'_>, country: Option<Country>, places: &Places) -> Shown {
    let law = matter.law;
    let Some(country) = country else { return unknown(places) };
    match law.is_in(country, places) {
        Tri::No => Shown::NO,
        Tri::Yes => {
            let shown = named(law, country, places);
            let weakest = shown.facts.iter().map(|fact| fact.grade).min();
            shown.and(|| weakest.map_or(Shown::YES, |grade| matter.checked(grade)))
        }
        Tri::Open => disputed(law, country, places),
    }
}

fn unknown(places: &Places) -> Shown {
    if places.anywhere && places.not_groups.is_empty() && places.not_countries.is_empty() {
        return Shown::yes("anywhere".to_owned());
    }
    if !places.anywhere && places.groups.is_empty() && places.countries.is_empty() {
        return Shown::NO;
    }
    Shown::open("destination", "name the destination, or bring evidence that leaves one")
}

/// Why a place is one of them: by its name, by a group, or because all are.
fn named(law: &Law<'_>, country: Country, places: &Places) -> Shown {
    let counted = law.counts_as(country);
    let alike = if counted == country { String::new() } else { format!(" counts as {counted}, which") };
    let treated = law.book().treated_as.iter().filter(|treated| {
        treated.country == country && treated.counts_as == counted && treated.from <= law.stand().valid_on
    });
    let treated =
        treated.map(|treated| used(format!("place {country} counts as"), &counted, &treated.source));
    if places.countries.contains(counted) {
        return Shown::yes(format!("{country}{alike} is named")).leaning_on(treated);
    }
    for name in &places.groups {
        if let Some(source) = membership(law, counted, name) {
            let member = used(format!("group {name} {counted}"), &"member", source);
            let shown = Shown::yes(format!("{country}{alike} is in {name}"));
            return shown.leaning_on(treated).leaning_on([member]);
        }
    }
    Shown::yes("anywhere".to_owned()).leaning_on(treated)
}

/// What would settle whether a place is one of them.
fn disputed(law: &Law<'_>, country: Country, places: &Places) -> Shown {
    let counted = law.counts_as(country);
    let groups = places.groups.iter().chain(&places.not_groups);
    let open = groups.filter_map(|name| {
        let group = law.book().groups.get(name)?;
        let (_, source) = group.disputed.iter().find(|(disputed, _)| *disputed == counted)?;
        let remedy = format!("read the text of the group: sources disagree ({})", source.source);
        Some(Shown::open(format!("group {name} {counted}"), remedy))
    });
    let open: Vec<Shown> = open.collect();
    if open.is_empty() {
        return Shown::open(format!("groups of {counted}"), "read the text of the groups");
    }
    Shown::any(open).because(|| format!("{country} may be one of the places that the rule names"))
}

/// By which text a place is in a group on the day of the stand.
fn membership<'b>(law: &Law<'b>, country: Country, group: &str) -> Option<&'b Source> {
    let stand = law.stand();
    let members = law.book().groups.get(group)?.members.iter();
    let known = members.filter(|member| member.country == country && member.known <= stand.known_on);
    let on = known.filter(|member| member.from <= stand.valid_on && stand.valid_on <= member.to);
    on.max_by_key(|member| member.known).filter(|member| member.within).map(|member| &member.source)
}

fn used(fact: String, value: &dyn std::fmt::Display, source: &Source) -> Used {
    Used { fact, value: value.to_string(), source: source.source.clone(), grade: source.grade }
}
