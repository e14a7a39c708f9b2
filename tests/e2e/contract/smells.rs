//! Smells: a field that sounds like a place, a time or a key bears a class, or stands here with the reason why not.

use std::collections::BTreeMap;

use lightcone::v1::FieldClass;
use prost_reflect::{FieldDescriptor, Kind};

use crate::compiled::{Compiled, short};

/// Words in names of fields that say where, how far, how long, by which way or by which key.
const WORDS: [&str; 71] = [
    // Position.
    "lat",
    "latitude",
    "lon",
    "longitude",
    "point",
    "points",
    "centre",
    "centroid",
    "position",
    "place",
    "claimed",
    "tolerance",
    "stated",
    "cell",
    "coordinates",
    "altitude",
    // Region.
    "radius",
    "area",
    "areas",
    "m2",
    "m",
    "km",
    "disk",
    "disks",
    "arcs",
    "outlines",
    "region",
    "extent",
    "span",
    "distance",
    "gap",
    "touched",
    "jurisdictions",
    "canonical",
    "summary",
    "share",
    // Timing.
    "rtt",
    "ns",
    "ms",
    "clock",
    "observe",
    "measured",
    "begin",
    "end",
    "transcript",
    "samples",
    "oldest",
    // Address.
    "address",
    "addresses",
    "ip",
    "port",
    "host",
    "asn",
    "network",
    "dns",
    // Binding.
    "key",
    "keys",
    "nonce",
    "binding",
    "binds",
    "signature",
    "secret",
    "credential",
    "token",
    "certificate",
    "evidence",
    "endorsement",
    "instance",
    "inventory",
    "jwt",
    "cwt",
];
/// Messages that are of a class whatever a field of theirs is called.
const TYPES: [&str; 11] = [
    "Point",
    "Disk",
    "Region",
    "RegionSummary",
    "Arc",
    "Outline",
    "RoundTrip",
    "LandmarkPair",
    "Evidence",
    "SignedReport",
    "InventoryField",
];
/// Names that say where to go on in a list: made of what the list shows.
const PLACES_IN_LISTS: [&str; 3] = ["page_token", "next_page_token", "resume_token"];

/// Fields that smell and give nothing away, and why.
const PLAIN: [(&str, &str); 41] = [
    ("Appraisal.binds_session_key", "says whether a key is bound, not which"),
    ("Assignment.position_version", "counts changes of a landmark's record"),
    ("BatchOpening.areas", "the codes of all areas that there are"),
    ("ChipTie.begin_time", "when somebody entered a tie, not when a signal was sent"),
    ("ChipTie.end_time", "when somebody ended a tie, not when a signal was sent"),
    ("EnrolResponse.certificate", "a certificate is shown to whoever connects"),
    ("EnrolResponse.position_version", "counts changes of a landmark's record"),
    ("EnrolResponse.verifier_key", "the service's own public key, which anyone may know"),
    ("Measurement.position_version", "counts changes of a landmark's record"),
    ("Question.Inside.areas", "what is asked, by an owner, and not what was found"),
    ("Question.Outside.areas", "what is asked, by an owner, and not what was found"),
    ("RegisteredLandmark.position_version", "counts changes of a landmark's record"),
    ("RenewCertificateResponse.certificate", "a certificate is shown to whoever connects"),
    ("Service.token_issuers", "names of identity providers, not their tokens"),
    ("Service.verifier_key", "the service's own public key, which anyone may know"),
    ("Session.evidence_format", "names a format, not the evidence"),
    ("Standing.claimed_cell", "the promise itself: 10,000 km² or more, by the declared point alone"),
    ("Standing.epoch_begin_time", "the calendar's, the same for every chip"),
    ("Standing.epoch_end_time", "the calendar's, the same for every chip"),
    ("Standing.jurisdictions", "the promise itself: the set, once an epoch and site"),
    ("Summons.verifier_key", "the service's own public key, which anyone may know"),
    ("WhoAmIResponse.areas", "what an agency looks after, not where anything is"),
    ("Margin.distance", "how far a figure of a chip is from a line of a rule, no length on the ground"),
    ("Margin.distance_ppm", "how far a figure of a chip is from a line of a rule, by that line"),
    ("NextCut.distance", "how far a figure of a chip is from a line of a rule"),
    ("Decision.canonical_sha256", "a digest of a decision"),
    ("Stake.share_ppm", "a share in a company, and no secret"),
    ("PartyTraits.address_doubtful", "whether an address is doubtful, not which it is"),
    ("PartyTraits.end_use_disclosed", "whether an end use was named"),
    ("PolicyVersion.as_of", "a day up to which an author read"),
    ("Instrument.summary", "what a published text does"),
    ("CreatePolicyVersionRequest.signature", "a signature over a rule book"),
    ("SkuFigures.die_area_mm2", "a published figure of a kind of chip"),
    ("SkuFigures.package_area_mm2", "a published figure of a kind of chip"),
    ("Transfer.end_user", "a party, by name, and no secret"),
    ("Placement.place", "the place as the caller named it: a chip, agent or site"),
    ("Placement.as_of", "told to whose chips they are"),
    ("Usage.begin_time", "when work ran, as its owner reports it"),
    ("Usage.end_time", "when work ran, as its owner reports it"),
    ("GetUsageReportRequest.begin_time", "the time of a report, and no secret"),
    ("GetUsageReportRequest.end_time", "the time of a report, and no secret"),
];

/// Fields that smell, bear no class and are not excused, and excuses that nothing needs.
fn unclassed(contract: &Compiled, excused: &[(&str, &str)]) -> Vec<String> {
    let mut excuses: BTreeMap<&str, bool> = excused.iter().map(|(name, _)| (*name, false)).collect();
    let mut found = Vec::new();
    for field in contract.messages().flat_map(|message| message.fields().collect::<Vec<_>>()) {
        if contract.class(&field) != FieldClass::Unspecified || !smells(&field) {
            continue;
        }
        match excuses.get_mut(short(field.full_name())) {
            Some(is_needed) => *is_needed = true,
            None => found.push(short(field.full_name()).to_owned()),
        }
    }
    let needless = excuses.into_iter().filter(|(_, is_needed)| !is_needed);
    found.extend(needless.map(|(name, _)| format!("{name} needs no excuse")));
    found
}

fn smells(field: &FieldDescriptor) -> bool {
    let is_typed =
        matches!(field.kind(), Kind::Message(message) if TYPES.contains(&short(message.full_name())));
    let is_named = field.name().split('_').any(|word| WORDS.contains(&word));
    is_typed || is_named && !PLACES_IN_LISTS.contains(&field.name()) || field.name() == "as_of"
}

#[test]
fn every_field_that_smells_of_a_class_bears_one_or_says_why_not() {
    assert_eq!(unclassed(&Compiled::ours(), &PLAIN), [""; 0]);
    for (name, reason) in PLAIN {
        assert!(reason.len() > 20, "{name}: say why");
    }
}

#[test]
fn a_new_field_cannot_slip_by() {
    let planted = Compiled::planted(
        "message Told {
           option (audience) = AUDIENCE_OWNER;
           Point seen = 1;
           repeated int64 rtt_ns = 2;
           string next_page_token = 3;
           bytes session_key = 4;
           bytes kept_key = 5 [(field_class) = FIELD_CLASS_BINDING];
           double latitude_deg = 6;
           string colour = 7;
         }",
    );
    let excused = [("Told.session_key", "made up"), ("Told.kept_key", "bears its class already")];
    assert_eq!(
        unclassed(&planted, &excused),
        ["Told.seen", "Told.rtt_ns", "Told.latitude_deg", "Told.kept_key needs no excuse"]
    );
}
