//! The small book with what texts say of use from afar: training for parties of D:5 (P09), existing use (P15), and the
//! bill on remote access (B1).

use lightcone_policy::Book;
use lightcone_policy::rule::{EndUse, ExceptionRule, Instrument, Kind, LicenceRule, Movement, Places};

use crate::house::{book, text};

fn d5() -> Places {
    Places { groups: vec!["D:5".to_owned()], ..Places::default() }
}

fn of_use(id: &str) -> LicenceRule {
    LicenceRule {
        id: id.to_owned(),
        classes: vec!["a".to_owned()],
        movements: vec![Movement::Use],
        ..LicenceRule::default()
    }
}

/// The book.
pub(crate) fn cloud() -> Book {
    let mut book = book();
    // Lists reach who uses chips as they reach who buys them.
    for rule in book.instruments.iter_mut().filter(|text| text.id == "L").flat_map(|text| &mut text.licences)
    {
        rule.movements = vec![Movement::Export, Movement::Reexport, Movement::InCountry, Movement::Use];
    }
    book.instruments.extend([
        Instrument {
            licences: vec![LicenceRule {
                uses: vec![EndUse::Training],
                uses_in: Some(d5()),
                may: true,
                ..of_use("P09.TRAINING")
            }],
            ..text("P09", Kind::Guidance, "2025-05-13")
        },
        Instrument {
            licences: vec![LicenceRule { headquarters: Some(d5()), may: true, ..of_use("P15.USE") }],
            exceptions: vec![ExceptionRule {
                id: "P15.EXISTING".to_owned(),
                name: "existing use".to_owned(),
                classes: vec!["a".to_owned()],
                movements: vec![Movement::Use],
                conditions: lightcone_policy::placement::EXISTING_USE.map(str::to_owned).to_vec(),
                requirements: vec!["P15.USE".to_owned()],
                ..ExceptionRule::default()
            }],
            ..text("P15", Kind::Guidance, "2026-05-31")
        },
        Instrument {
            licences: vec![LicenceRule { headquarters: Some(d5()), ..of_use("B1.ACCESS") }],
            ..text("B1", Kind::Bill, "2026-01-12")
        },
    ]);
    book
}
