//! What of a rule book nobody checked.

use lightcone_policy::Book;
use lightcone_policy::rule::{Enforcement, Instrument};
use lightcone_policy::source::{Grade, Source};

/// Everything of grade U, in the order of the book: what it is, and what is said of its source.
pub(crate) fn of(book: &Book) -> Vec<String> {
    let mut all: Vec<String> = book.instruments.iter().flat_map(text).collect();
    for group in book.groups.values() {
        let members = group.members.iter().filter(|member| is_open(&member.source));
        all.extend(members.map(|member| line(&format!("{} {}", group.name, member.country), &member.source)));
        let disputed = group.disputed.iter();
        all.extend(
            disputed.map(|(country, source)| line(&format!("{} {country}, disputed", group.name), source)),
        );
    }
    for sku in book.skus.values() {
        let rates = sku.rates.iter().map(|rate| (format!("rate at {} bits", rate.bits), Some(&rate.tops)));
        let figures = [
            ("die area", &sku.die_area_mm2),
            ("package area", &sku.package_area_mm2),
            ("interconnect", &sku.interconnect_gbps),
            ("memory bandwidth", &sku.memory_bandwidth_gbps),
            ("memory", &sku.memory_gb),
        ];
        let figures = figures.map(|(name, reading)| (name.to_owned(), reading.as_ref()));
        let read = rates.chain(figures).filter_map(|(name, reading)| Some((name, reading?)));
        let open = read.filter(|(_, reading)| is_open(&reading.source));
        all.extend(open.map(|(name, reading)| line(&format!("chip {} {name}", sku.name), &reading.source)));
    }
    let flags = book.flags.iter().filter(|flag| is_open(&flag.source));
    all.extend(flags.map(|flag| line(&format!("flag {}", flag.id), &flag.source)));
    let watch = book.watch.iter().filter(|member| is_open(&member.source));
    all.extend(watch.map(|member| line(&format!("watch {}", member.country), &member.source)));
    all
}

fn text(text: &Instrument) -> Vec<String> {
    let whole = is_open(&text.source).then(|| line(&format!("text {}", text.id), &text.source));
    let phases =
        text.phases.iter().filter(|phase| phase.state == Enforcement::Unverified || is_open(&phase.source));
    let phases =
        phases.map(|phase| line(&format!("{} applied from {} on", text.id, phase.from), &phase.source));
    let items = text.items.iter().map(|rule| (&rule.id, rule.grade));
    let licences = text.licences.iter().map(|rule| (&rule.id, rule.grade));
    let reviews = text.reviews.iter().map(|rule| (&rule.id, rule.grade));
    let exceptions = text.exceptions.iter().map(|rule| (&rule.id, rule.grade));
    let caps = text.caps.iter().map(|rule| (&rule.id, Some(rule.grade)));
    let ownership = text.ownership.iter().map(|rule| (&rule.id, rule.grade));
    let rules = items.chain(licences).chain(reviews).chain(exceptions).chain(caps).chain(ownership);
    let rules = rules.filter(|(_, grade)| grade.is_some_and(Grade::is_unverified));
    let rules = rules.map(|(id, _)| format!("rule {id}"));
    let clauses = text.items.iter().flat_map(|rule| {
        let clauses = rule.any.iter().chain(&rule.except);
        let open = clauses.filter(|clause| clause.grade.is_some_and(Grade::is_unverified));
        open.map(move |clause| format!("rule {}, clause `{}`", rule.id, clause.name))
    });
    whole.into_iter().chain(phases).chain(rules).chain(clauses).collect()
}

const fn is_open(source: &Source) -> bool {
    source.grade.is_unverified()
}

fn line(what: &str, source: &Source) -> String {
    if source.source.is_empty() { what.to_owned() } else { format!("{what}: {}", source.source) }
}
