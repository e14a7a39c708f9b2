-- What evidence shows, beside the evidence itself, and what is shown after measuring.
ALTER TABLE sessions ADD COLUMN appraisal BYTEA NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN attest_time BIGINT;
ALTER TABLE sessions ADD COLUMN inventory BYTEA NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN closing_evidence BYTEA NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN closing_appraisal BYTEA NOT NULL DEFAULT '';

-- Attestation keys that are known to live in the TPM of an endorsement key.
CREATE TABLE attestation_keys (
    agent TEXT NOT NULL REFERENCES agents (id),
    key_name BYTEA NOT NULL,
    endorsement BYTEA NOT NULL,
    create_time BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (agent, key_name)
);

-- Where a device was attested last: one row a device.
CREATE TABLE device_sightings (
    instance TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    session TEXT NOT NULL,
    seen_time BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    counters TEXT NOT NULL,
    updated_by TEXT NOT NULL
);
