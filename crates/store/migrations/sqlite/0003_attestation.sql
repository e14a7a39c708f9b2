-- What evidence shows, beside the evidence itself, and what is shown after measuring.
ALTER TABLE sessions ADD COLUMN appraisal BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions ADD COLUMN attest_time INTEGER;
ALTER TABLE sessions ADD COLUMN inventory BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions ADD COLUMN closing_evidence BLOB NOT NULL DEFAULT x'';
ALTER TABLE sessions ADD COLUMN closing_appraisal BLOB NOT NULL DEFAULT x'';

-- Attestation keys that are known to live in the TPM of an endorsement key.
CREATE TABLE attestation_keys (
    agent TEXT NOT NULL REFERENCES agents (id),
    key_name BLOB NOT NULL,
    endorsement BLOB NOT NULL,
    create_time INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (agent, key_name)
) STRICT;

-- Where a device was attested last: one row a device.
CREATE TABLE device_sightings (
    instance TEXT PRIMARY KEY,
    agent TEXT NOT NULL,
    session TEXT NOT NULL,
    seen_time INTEGER NOT NULL,
    valid_until INTEGER NOT NULL,
    counters TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
