-- Times are nanoseconds since 1970, ids the last part of a resource name. `updated_by` is the name of the
-- transaction that wrote the row last.

CREATE TABLE landmarks (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    state TEXT NOT NULL,
    latitude_nd BIGINT NOT NULL,
    longitude_nd BIGINT NOT NULL,
    position_error_mm BIGINT NOT NULL,
    clock_error_ns BIGINT NOT NULL,
    operator TEXT NOT NULL,
    trust_group TEXT NOT NULL,
    signing_key BYTEA NOT NULL UNIQUE,
    exchange_key BYTEA NOT NULL UNIQUE,
    addresses TEXT NOT NULL,
    stated_area TEXT NOT NULL,
    position_version BIGINT NOT NULL,
    state_reason TEXT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX landmarks_by_group ON landmarks (trust_group, id);

CREATE TABLE landmark_versions (
    landmark TEXT NOT NULL REFERENCES landmarks (id),
    position_version BIGINT NOT NULL,
    from_time BIGINT NOT NULL,
    latitude_nd BIGINT NOT NULL,
    longitude_nd BIGINT NOT NULL,
    position_error_mm BIGINT NOT NULL,
    clock_error_ns BIGINT NOT NULL,
    signing_key BYTEA NOT NULL,
    exchange_key BYTEA NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (landmark, position_version)
);

CREATE TABLE sites (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    display_name TEXT NOT NULL,
    latitude_nd BIGINT,
    longitude_nd BIGINT,
    position_error_mm BIGINT NOT NULL,
    questions BYTEA NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    site TEXT NOT NULL REFERENCES sites (id),
    identity_key BYTEA NOT NULL UNIQUE,
    next_session_time BIGINT,
    last_session TEXT,
    missed_sessions BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX agents_by_site ON agents (site, id);
CREATE INDEX agents_due ON agents (next_session_time) WHERE state = 'ACTIVE';

CREATE TABLE chips (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    serial TEXT NOT NULL UNIQUE,
    sku TEXT NOT NULL,
    agent TEXT REFERENCES agents (id),
    updated_by TEXT NOT NULL
);
CREATE INDEX chips_by_agent ON chips (agent, id);

CREATE TABLE chip_ties (
    chip TEXT NOT NULL REFERENCES chips (id),
    agent TEXT REFERENCES agents (id),
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    reason TEXT NOT NULL,
    rma BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX chip_ties_by_chip ON chip_ties (chip, from_time);
-- A chip is in one place.
CREATE UNIQUE INDEX chip_ties_open ON chip_ties (chip) WHERE until_time IS NULL;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    update_time BIGINT NOT NULL,
    state TEXT NOT NULL,
    wire_id BYTEA NOT NULL UNIQUE,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    verifier_nonce BYTEA NOT NULL,
    binding BYTEA,
    session_signing_key BYTEA,
    session_exchange_key BYTEA,
    evidence_format TEXT NOT NULL,
    evidence BYTEA NOT NULL,
    residency TEXT NOT NULL,
    landmarks TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    as_of BIGINT,
    story_time BIGINT,
    transcript BYTEA NOT NULL,
    transcript_signature BYTEA NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX sessions_by_subject ON sessions (subject, id);
CREATE INDEX sessions_open ON sessions (state, id) WHERE state IN ('SUMMONED', 'ATTESTED', 'CLOSED');
CREATE INDEX sessions_by_age ON sessions (create_time);

-- No foreign keys from here to sessions and landmarks: one check a batch is made instead of two a row.
CREATE TABLE reports (
    landmark TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    session TEXT NOT NULL,
    state TEXT NOT NULL,
    digest BYTEA NOT NULL,
    body BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    received_time BIGINT NOT NULL,
    keep_until BIGINT,
    refusal TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (landmark, sequence)
);
CREATE INDEX reports_pending ON reports (session) WHERE state = 'PENDING';
CREATE INDEX reports_kept ON reports (keep_until) WHERE keep_until IS NOT NULL;

-- Up to which sequence a landmark's reports are done with, and may be gone.
CREATE TABLE report_marks (
    landmark TEXT PRIMARY KEY REFERENCES landmarks (id),
    sequence BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);

CREATE TABLE measurements (
    session TEXT NOT NULL,
    landmark TEXT NOT NULL,
    position_version BIGINT NOT NULL,
    rtt_ns BIGINT NOT NULL,
    eps_ns BIGINT NOT NULL,
    observe_time BIGINT NOT NULL,
    best BYTEA NOT NULL,
    backup BYTEA NOT NULL,
    digest_root BYTEA NOT NULL,
    samples BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    loss_ppm BIGINT NOT NULL,
    p1_ns BIGINT NOT NULL,
    p50_ns BIGINT NOT NULL,
    flags BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (session, landmark)
);

CREATE TABLE verdicts (
    id TEXT PRIMARY KEY,
    revision BIGINT NOT NULL UNIQUE,
    create_time BIGINT NOT NULL,
    agent TEXT NOT NULL REFERENCES agents (id),
    session TEXT NOT NULL REFERENCES sessions (id),
    as_of BIGINT NOT NULL,
    story_time BIGINT,
    canonical BYTEA NOT NULL,
    wire BYTEA NOT NULL,
    summary TEXT NOT NULL,
    residency TEXT NOT NULL,
    liars BIGINT NOT NULL,
    mode TEXT NOT NULL,
    superseded_by TEXT,
    legal_hold BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX verdicts_by_agent ON verdicts (agent, revision);
CREATE INDEX verdicts_by_session ON verdicts (session);
CREATE INDEX verdicts_by_age ON verdicts (create_time) WHERE legal_hold = 0;

CREATE TABLE alerts (
    id TEXT PRIMARY KEY,
    revision BIGINT NOT NULL UNIQUE,
    create_time BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX alerts_by_subject ON alerts (subject, revision);
CREATE INDEX alerts_by_age ON alerts (create_time);

CREATE TABLE mesh_latest (
    first TEXT NOT NULL REFERENCES landmarks (id),
    second TEXT NOT NULL REFERENCES landmarks (id),
    first_version BIGINT NOT NULL,
    second_version BIGINT NOT NULL,
    rtt_ns BIGINT NOT NULL,
    eps_ns BIGINT NOT NULL,
    observe_time BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (first, second)
);

CREATE TABLE mesh_best (
    first TEXT NOT NULL REFERENCES landmarks (id),
    second TEXT NOT NULL REFERENCES landmarks (id),
    first_version BIGINT NOT NULL,
    second_version BIGINT NOT NULL,
    rtt_ns BIGINT NOT NULL,
    eps_ns BIGINT NOT NULL,
    observe_time BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (first, second)
);

CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    digest BYTEA NOT NULL,
    response BYTEA NOT NULL,
    expire_time BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX requests_by_age ON requests (expire_time);

-- One row a counter. Its lock is held to the end of the transaction, so revisions come in the order of commits.
CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
INSERT INTO counters (name, value, updated_by) VALUES ('verdicts', 0, 'migration'), ('alerts', 0, 'migration');
