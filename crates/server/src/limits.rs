//! Every bound on what a caller may send, in one place and checked against one another. The comments of the
//! contract state the same numbers.

use std::time::Duration;

/// The largest message that is read, in bytes: many items at a time.
pub const MESSAGE_BYTES_MAX: usize = 4 << 20;
/// The largest message with evidence, in bytes.
pub const EVIDENCE_MESSAGE_BYTES_MAX: usize = 2 << 20;
/// The largest message of any other call, in bytes.
pub const SMALL_MESSAGE_BYTES_MAX: usize = 128 << 10;

/// Calls whose messages may be as large as any.
const LARGE: &[&str] = &[
    "LocationService/Locate",
    "LocationService/BatchLocate",
    "LocationService/AuditLandmarks",
    "MeasurementService/Ingest",
    "AgentService/BatchCreateAgents",
    "ChipService/BatchCreateChips",
    "LandmarkService/BatchCreateLandmarks",
    "PartyService/BatchCreateParties",
    "SiteService/BatchCreateSites",
    "PolicyService/ValidatePolicy",
    "PolicyService/CreatePolicyVersion",
    "PlacementService/CheckPlacement",
    "PlacementService/WatchPlacement",
    "PlacementService/RecordUsage",
];
/// Calls that carry evidence.
const WITH_EVIDENCE: [&str; 3] =
    ["AttestationService/AppraiseEvidence", "SessionService/Attest", "SessionService/CloseSession"];
/// The largest message of what anyone may call, in bytes: what strangers have on their way is kept in memory.
pub const STRANGERS_MESSAGE_BYTES_MAX: usize = 4 << 10;
/// The largest message that enrols, in bytes: a token and a certificate request.
pub const ENROLMENT_MESSAGE_BYTES_MAX: usize = 16 << 10;
/// How long a stranger's call may take, its message among it.
pub const STRANGERS_CALL: Duration = Duration::from_secs(5);
/// What anyone may call.
const OF_STRANGERS: [&str; 3] = ["AccessService/WhoAmI", "AccessService/CanI", "StandingService/GetService"];
/// What calls of the contract begin with.
const PACKAGE: &str = "/lightcone.v1.";

/// How large the messages of the call with that path may be, in bytes.
#[must_use]
pub fn message_bytes_max(path: &str) -> usize {
    match path.strip_prefix(PACKAGE) {
        Some(call) if LARGE.contains(&call) => MESSAGE_BYTES_MAX,
        Some(call) if WITH_EVIDENCE.contains(&call) => EVIDENCE_MESSAGE_BYTES_MAX,
        Some(call) if OF_STRANGERS.contains(&call) => STRANGERS_MESSAGE_BYTES_MAX,
        Some("EnrolmentService/Enrol") => ENROLMENT_MESSAGE_BYTES_MAX,
        _ => SMALL_MESSAGE_BYTES_MAX,
    }
}
/// The most landmarks of a Locate. Contradictions among landmarks cost time by their square.
pub const LOCATE_LANDMARKS_MAX: usize = 2_048;
/// The most landmarks of a batch's header or an audit.
pub const LANDMARKS_MAX: usize = 16_384;
/// The most round trips to one chip.
pub const ROUND_TRIPS_MAX: usize = 32_768;
/// The most round trips between landmarks of an audit.
pub const PAIRS_MAX: usize = 131_072;
/// The most stated areas of an audit.
pub const STATED_AREAS_MAX: usize = 16_384;
/// The most questions about one chip.
pub const QUESTIONS_MAX: usize = 16;
/// The most areas of one question.
pub const AREAS_MAX: usize = lightcone_core::area::AREAS_MAX;
/// The most trust groups that may be assumed to lie.
pub const LIARS_MAX: u32 = 16;
/// The most items in one frame of a batch.
pub const FRAME_ITEMS_MAX: usize = 1_024;
/// The longest correlation id, in bytes.
pub const CORRELATION_BYTES_MAX: usize = 128;

/// Items of one stream that are read and not yet answered; beyond it flow control slows the caller.
pub const WINDOW_ITEMS_MAX: usize = 2_048;
/// The most items in one slice of bulk work.
pub const SLICE_ITEMS_MAX: usize = 256;
/// How long a slice of bulk work is meant to take: the longest that interactive work waits for a core.
pub const SLICE_TARGET: Duration = Duration::from_millis(1);
/// Unary work that is expected to take longer waits in the bulk lane.
pub const BULK_ABOVE: Duration = Duration::from_millis(1);
/// Landmarks in the tables of all open batches together; a header beyond it is refused.
pub const OPEN_LANDMARKS_MAX: usize = 262_144;
/// What a batch counts for at least, in landmarks: an empty stream is not free either.
pub const STREAM_LANDMARKS_MIN: usize = 64;

/// Entries of a page unless the caller says otherwise.
pub const PAGE_SIZE_DEFAULT: u32 = 50;
/// The most entries of a page.
pub const PAGE_SIZE_MAX: u32 = lightcone_store::LIST_MAX;
/// The most records that one call enters.
pub const BATCH_CREATE_MAX: usize = lightcone_store::CREATE_MANY_MAX;
/// How long a request with an id has the same answer.
pub const REQUEST_KEPT: Duration = Duration::from_secs(24 * 3_600);
/// Comparisons of rules of one tenant that may run at a time, those among them that wait for their turn.
pub const COMPARISONS_RUNNING_MAX: u32 = 4;
/// The longest reason that is kept with a change, in bytes.
pub const REASON_BYTES_MAX: usize = 500;
/// The longest name of a record that is asked about, in bytes: two identifiers and what joins them.
pub const NAME_BYTES_MAX: usize = 200;
/// The most addresses of a landmark.
pub const ADDRESSES_MAX: usize = 4;
/// The most questions that a site asks of every session.
pub const SITE_QUESTIONS_MAX: usize = 8;
/// The longest name of a site for people, in bytes.
pub const DISPLAY_NAME_BYTES_MAX: usize = 128;
/// The longest serial number, in bytes.
pub const SERIAL_BYTES_MAX: usize = 128;
/// The longest stock-keeping unit, in bytes.
pub const SKU_BYTES_MAX: usize = 64;
/// The most tenants that are party to a chip besides whose it is and who has it.
pub const PARTIES_MAX: usize = 8;
/// The longest name of a party, and the longest source of a fact, in bytes.
pub const PARTY_NAME_BYTES_MAX: usize = 200;
/// The most other names of a party, and the most of its addresses.
pub const PARTY_ALIASES_MAX: usize = 16;
/// The longest address, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 300;
/// The most trades of a party, and the most uses of a transfer: all there are.
pub const TRADES_MAX: usize = 5;
/// The most owners of a party.
pub const STAKES_MAX: usize = 64;
/// The most lists that name a party.
pub const LISTINGS_MAX: usize = 32;
/// The longest name of a list, in bytes.
pub const LISTING_BYTES_MAX: usize = 16;
/// The most lines of a transfer, and the most SKUs or parties of a licence.
pub const LINES_MAX: usize = 64;
/// The most units of a line.
pub const UNITS_MAX: u64 = 10_000_000;
/// The most destinations of a transfer or licence.
pub const DESTINATIONS_MAX: usize = 250;
/// The most places on a transfer's way, the most parties in between, and the most licences that are held.
pub const STEPS_MAX: usize = 16;
/// The longest number of a licence, name of a condition or name of a rule, in bytes.
pub const WORD_BYTES_MAX: usize = 64;
/// The most conditions of a transfer.
pub const CONDITIONS_MAX: usize = 64;
/// The most chips of a transfer.
pub const TRANSFER_CHIPS_MAX: usize = 1_000;
/// The most other names of a SKU.
pub const SKU_ALIASES_MAX: usize = 8;
/// The most peak rates of a SKU.
pub const SKU_RATES_MAX: usize = 16;
/// The most bits of an operation.
pub const SKU_BITS_MAX: u32 = 128;
/// The most parties that a decision or a view looks at: those that it is about, and all owners above them.
pub const PARTIES_AT_ONCE_MAX: usize = 1_024;
/// The most transfers that a view of parties looks at.
pub const PASTS_MAX: usize = 4_096;
/// The most SKUs of a tenant's own that a decision looks through.
pub const OWN_SKUS_MAX: usize = 10_000;
/// The most links, and the most parties of a group, that are shown.
pub const LINKS_SHOWN_MAX: usize = 256;
/// The most reasons of a consignee's record that are shown, and the most that is missing.
pub const RECORD_LINES_MAX: usize = 32;
/// How long a case is open unless its request says otherwise, in days.
pub const CASE_DAYS_DEFAULT: i64 = 7;
/// The longest that a case is open, and that one waits for a second person, in days.
pub const CASE_DAYS_MAX: i64 = 30;
/// The most ties that are shown of a chip.
pub const TIES_SHOWN_MAX: usize = 1_000;

/// The most places of one question about placements.
pub const PLACES_MAX: usize = lightcone_store::PLACED_MAX;
/// The most agents and pools among them: each is looked up by itself.
pub const POOLS_MAX: usize = 256;
/// The most chips that one question comes to, those of agents and pools among them.
pub const PLACED_CHIPS_MAX: usize = 20_000;
/// The most places whose answers are recorded.
pub const PLACES_RECORDED_MAX: usize = 1_000;
/// The longest that work is said to run, in hours.
pub const HOURS_MAX: f64 = 1_000_000.0;
/// The most ultimate parents that are said of a workload.
pub const PARENTS_MAX: usize = 16;
/// The most uses of a workload or transfer.
pub const USES_MAX: usize = 5;
/// The most usages that one call reports.
pub const USAGES_MAX: usize = lightcone_store::USAGES_MAX;
/// The longest time of a usage, and of a report of usages, in days.
pub const USAGE_DAYS_MAX: i64 = 366;
/// The most usages that one report sums up.
pub const USAGES_REPORTED_MAX: usize = 1_000_000;
/// The most lines of a report of usages.
pub const USAGE_LINES_MAX: usize = 10_000;
/// The most answers of one message to who watches placements.
pub const WATCHED_PLACEMENTS_MAX: usize = 256;
/// The most verdicts, rules and missing facts that one placement names.
pub const PLACEMENT_VERDICTS_MAX: usize = 64;

/// The largest list of headers of a request, in bytes.
pub const HEADER_LIST_BYTES_MAX: u32 = 16 << 10;
/// The most calls at a time on one connection.
pub const STREAMS_PER_CONNECTION_MAX: u32 = 256;
/// The same on a gRPC-web connection, where a browser opens few.
pub const WEB_STREAMS_PER_CONNECTION_MAX: u32 = 32;
/// How long a connection may be silent before it is asked for a sign of life.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(30);
/// How long that sign may take.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Streams that a peer reset and this side has not yet seen: the guard against rapid reset.
pub const PENDING_RESETS_MAX: usize = 20;
/// Streams that this side reset for a peer's errors before it ends the connection.
pub const LOCAL_RESETS_MAX: usize = 1_024;

/// The most headers of a request over HTTP/1.1; over HTTP/2 their bytes are bound alone.
pub const HEADERS_MAX: usize = 64;
/// What a stream's answer may take up before its peer reads it, in bytes; beyond it the answer waits.
pub const SEND_BUFFER_BYTES_MAX: usize = 64 << 10;

/// Sockets that may wait to be accepted.
pub const BACKLOG: u32 = 1_024;
/// Handshakes at a time, of all that connect.
pub const HANDSHAKES_MAX: usize = 1_024;
/// The same for one address; the next ones wait for their turn.
pub const HANDSHAKES_PER_ADDRESS_MAX: usize = 64;
/// The part of a connection's age that is left to chance, so that many that came at once do not go at once.
pub const AGE_SPREAD_PART: u32 = 10;
/// How long a connection that was asked to go, and has no open call, may take to hang up.
pub const GOODBYE_MAX: Duration = Duration::from_secs(5);

/// What a stream may have on its way before it is read, in bytes: a few frames of a batch.
pub const STREAM_WINDOW_BYTES: u32 = 64 << 10;
/// The same for a whole connection.
pub const CONNECTION_WINDOW_BYTES: u32 = 256 << 10;

const _: () =
    assert!(SITE_QUESTIONS_MAX < QUESTIONS_MAX, "with its claim a site asks no more than a caller may");
/// The most reports of one batch.
pub const REPORTS_PER_BATCH_MAX: usize = 256;
/// The largest report, in bytes.
pub const REPORT_BYTES_MAX: usize = 65_536;
/// The most refused reports that an answer names.
pub const REJECTIONS_MAX: usize = 4_096;
/// Batches of one stream that are checked or on their way to the disk; beyond it flow control slows the caller.
pub const BATCHES_IN_FLIGHT_MAX: usize = 4;
/// The most verdicts of one message to who watches.
pub const WATCHED_VERDICTS_MAX: u32 = 256;

const _: () =
    assert!(PARTIES_AT_ONCE_MAX <= lightcone_store::PAPERS_MAX && PASTS_MAX <= lightcone_store::PAPERS_MAX);
/// The most files of a rule book.
pub const BOOK_FILES_MAX: usize = lightcone_policy::book::FILES_MAX;
/// The most bytes of a rule book over the wire, all files together.
pub const BOOK_BYTES_MAX: usize = 3 << 20;
/// The longest path of a file of a rule book, in bytes.
pub const BOOK_PATH_BYTES_MAX: usize = 128;
/// The most faults that are told of a rule book.
pub const BOOK_FAULTS_MAX: usize = 256;
/// The most instruments that are shown of a rule book.
pub const INSTRUMENTS_MAX: usize = 256;
/// The most bills that a stand applies as if they were law.
pub const DRAFTS_MAX: usize = 16;
/// The most classes that a decision shows.
pub const DECISION_CLASSES_MAX: usize = 64;
/// The most grounds that a decision shows.
pub const DECISION_GROUNDS_MAX: usize = 512;
/// The most margins that a decision shows.
pub const DECISION_MARGINS_MAX: usize = 512;
/// The most facts that a decision shows.
pub const DECISION_FACTS_MAX: usize = 512;
/// The most missing facts that a decision shows.
pub const DECISION_MISSING_MAX: usize = 256;
/// The most red flags that a decision shows.
pub const DECISION_FLAGS_MAX: usize = 64;
/// The most parties of a transfer that is given inline, and owners above them.
pub const INLINE_PARTIES_MAX: usize = 256;
/// The most SKUs of a transfer that is given inline.
pub const INLINE_SKUS_MAX: usize = 64;
/// The most parties and transfers that a red flag names.
pub const FLAG_ABOUT_MAX: usize = 64;

const _: () = assert!(BOOK_FILES_MAX <= lightcone_store::RULE_FILES_MAX, "the store takes a whole book");
const _: () =
    assert!(BOOK_FILES_MAX * BOOK_PATH_BYTES_MAX + BOOK_BYTES_MAX < MESSAGE_BYTES_MAX, "a book fits");
const _: () = assert!(FRAME_ITEMS_MAX <= WINDOW_ITEMS_MAX, "a frame fits the window");
const _: () = assert!(SLICE_ITEMS_MAX <= FRAME_ITEMS_MAX, "an answer frame holds a slice");
const _: () = assert!(LANDMARKS_MAX <= lightcone_core::landmark::LANDMARKS_MAX, "the core takes the mesh");
const _: () = assert!(LOCATE_LANDMARKS_MAX <= LANDMARKS_MAX, "a batch takes what Locate takes");
const _: () = assert!(STATED_AREAS_MAX <= LANDMARKS_MAX, "one stated area a landmark is enough");
const _: () = assert!(LANDMARKS_MAX <= OPEN_LANDMARKS_MAX, "the largest table may be opened");
const _: () = assert!(LANDMARKS_MAX <= ROUND_TRIPS_MAX, "each landmark may measure");
const _: () = assert!(HANDSHAKES_PER_ADDRESS_MAX < HANDSHAKES_MAX, "no address takes all turns");
const _: () =
    assert!(STREAM_WINDOW_BYTES <= CONNECTION_WINDOW_BYTES, "a stream's window fits its connection's");
/// A packed round trip takes at most five bytes, an index three: the largest item fits a message.
const _: () = assert!(ROUND_TRIPS_MAX * 8 + CORRELATION_BYTES_MAX < MESSAGE_BYTES_MAX);
