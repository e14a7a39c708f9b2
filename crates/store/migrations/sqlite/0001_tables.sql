-- Times are nanoseconds since 1970, ids the last part of a resource name. `updated_by` is the name of the
-- transaction that wrote the row last.

CREATE TABLE landmarks (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    latitude_nd INTEGER NOT NULL,
    longitude_nd INTEGER NOT NULL,
    position_error_mm INTEGER NOT NULL,
    clock_error_ns INTEGER NOT NULL,
    operator TEXT NOT NULL,
    trust_group TEXT NOT NULL,
    signing_key BLOB NOT NULL UNIQUE,
    exchange_key BLOB NOT NULL UNIQUE,
    addresses TEXT NOT NULL,
    stated_area TEXT NOT NULL,
    position_version INTEGER NOT NULL,
    state_reason TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX landmarks_by_group ON landmarks (trust_group, id);

CREATE TABLE landmark_versions (
    landmark TEXT NOT NULL REFERENCES landmarks (id),
    position_version INTEGER NOT NULL,
    from_time INTEGER NOT NULL,
    latitude_nd INTEGER NOT NULL,
    longitude_nd INTEGER NOT NULL,
    position_error_mm INTEGER NOT NULL,
    clock_error_ns INTEGER NOT NULL,
    signing_key BLOB NOT NULL,
    exchange_key BLOB NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (landmark, position_version)
) STRICT;

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    display_name TEXT NOT NULL,
    latitude_nd INTEGER,
    longitude_nd INTEGER,
    position_error_mm INTEGER NOT NULL,
    questions BLOB NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;

CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    site TEXT NOT NULL REFERENCES sites (id),
    identity_key BLOB NOT NULL UNIQUE,
    next_session_time INTEGER,
    last_session TEXT,
    missed_sessions INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX agents_by_site ON agents (site, id);
CREATE INDEX agents_due ON agents (next_session_time) WHERE state = 'ACTIVE';

CREATE TABLE chips (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    serial TEXT NOT NULL UNIQUE,
    sku TEXT NOT NULL,
    agent TEXT REFERENCES agents (id),
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX chips_by_agent ON chips (agent, id);

CREATE TABLE chip_ties (
    chip TEXT NOT NULL REFERENCES chips (id),
    agent TEXT REFERENCES agents (id),
    from_time INTEGER NOT NULL,
    until_time INTEGER,
    reason TEXT NOT NULL,
    rma INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX chip_ties_by_chip ON chip_ties (chip, from_time);
-- A chip is in one place.
CREATE UNIQUE INDEX chip_ties_open ON chip_ties (chip) WHERE until_time IS NULL;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    wire_id BLOB NOT NULL UNIQUE,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    verifier_nonce BLOB NOT NULL,
    binding BLOB,
    session_signing_key BLOB,
    session_exchange_key BLOB,
    evidence_format TEXT NOT NULL,
    evidence BLOB NOT NULL,
    residency TEXT NOT NULL,
    landmarks TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    as_of INTEGER,
    story_time INTEGER,
    transcript BLOB NOT NULL,
    transcript_signature BLOB NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_subject ON sessions (subject, id);
CREATE INDEX sessions_open ON sessions (state, id) WHERE state IN ('SUMMONED', 'ATTESTED', 'CLOSED');
CREATE INDEX sessions_by_age ON sessions (create_time);

-- No foreign keys from here to sessions and landmarks: one check a batch is made instead of two a row.
CREATE TABLE reports (
    landmark TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    session TEXT NOT NULL,
    state TEXT NOT NULL,
    digest BLOB NOT NULL,
    body BLOB NOT NULL,
    signature BLOB NOT NULL,
    received_time INTEGER NOT NULL,
    keep_until INTEGER,
    refusal TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (landmark, sequence)
) STRICT;
CREATE INDEX reports_pending ON reports (session) WHERE state = 'PENDING';
CREATE INDEX reports_kept ON reports (keep_until) WHERE keep_until IS NOT NULL;

-- Up to which sequence a landmark's reports are done with, and may be gone.
CREATE TABLE report_marks (
    landmark TEXT PRIMARY KEY REFERENCES landmarks (id),
    sequence INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;

CREATE TABLE measurements (
    session TEXT NOT NULL,
    landmark TEXT NOT NULL,
    position_version INTEGER NOT NULL,
    rtt_ns INTEGER NOT NULL,
    eps_ns INTEGER NOT NULL,
    observe_time INTEGER NOT NULL,
    best BLOB NOT NULL,
    backup BLOB NOT NULL,
    digest_root BLOB NOT NULL,
    samples INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    loss_ppm INTEGER NOT NULL,
    p1_ns INTEGER NOT NULL,
    p50_ns INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (session, landmark)
) STRICT;

CREATE TABLE verdicts (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE,
    create_time INTEGER NOT NULL,
    agent TEXT NOT NULL REFERENCES agents (id),
    session TEXT NOT NULL REFERENCES sessions (id),
    as_of INTEGER NOT NULL,
    story_time INTEGER,
    canonical BLOB NOT NULL,
    wire BLOB NOT NULL,
    summary TEXT NOT NULL,
    residency TEXT NOT NULL,
    liars INTEGER NOT NULL,
    mode TEXT NOT NULL,
    superseded_by TEXT,
    legal_hold INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX verdicts_by_agent ON verdicts (agent, revision);
CREATE INDEX verdicts_by_session ON verdicts (session);
CREATE INDEX verdicts_by_age ON verdicts (create_time) WHERE legal_hold = 0;

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE,
    create_time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_by_subject ON alerts (subject, revision);
CREATE INDEX alerts_by_age ON alerts (create_time);

CREATE TABLE mesh_latest (
    first TEXT NOT NULL REFERENCES landmarks (id),
    second TEXT NOT NULL REFERENCES landmarks (id),
    first_version INTEGER NOT NULL,
    second_version INTEGER NOT NULL,
    rtt_ns INTEGER NOT NULL,
    eps_ns INTEGER NOT NULL,
    observe_time INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (first, second)
) STRICT;

CREATE TABLE mesh_best (
    first TEXT NOT NULL REFERENCES landmarks (id),
    second TEXT NOT NULL REFERENCES landmarks (id),
    first_version INTEGER NOT NULL,
    second_version INTEGER NOT NULL,
    rtt_ns INTEGER NOT NULL,
    eps_ns INTEGER NOT NULL,
    observe_time INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (first, second)
) STRICT;

CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    digest BLOB NOT NULL,
    response BLOB NOT NULL,
    expire_time INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX requests_by_age ON requests (expire_time);

-- One row a counter. Its lock is held to the end of the transaction, so revisions come in the order of commits.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
INSERT INTO counters (name, value, updated_by) VALUES ('verdicts', 0, 'migration'), ('alerts', 0, 'migration');
