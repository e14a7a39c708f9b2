-- Whose a record is: the tenant, by name; '' is nobody's, and so is what was entered before.
ALTER TABLE sites ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE chips ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE chips ADD COLUMN parties TEXT NOT NULL DEFAULT '';
ALTER TABLE chips ADD COLUMN holder TEXT NOT NULL DEFAULT '';
ALTER TABLE landmarks ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE landmarks ADD COLUMN affiliation TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE verdicts ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
ALTER TABLE alerts ADD COLUMN tenant TEXT NOT NULL DEFAULT '';
CREATE INDEX sites_by_tenant ON sites (tenant, id);
CREATE INDEX agents_by_tenant ON agents (tenant, id);
CREATE INDEX landmarks_by_tenant ON landmarks (tenant, id);
CREATE INDEX sessions_by_tenant ON sessions (tenant, id);
CREATE INDEX verdicts_by_tenant ON verdicts (tenant, revision);
CREATE INDEX alerts_by_tenant ON alerts (tenant, revision);

-- Answers are rows of before, which have other columns now.
DELETE FROM requests;

-- Who has to do with a chip: its tenant, its holder and its parties, so that a list of one of them finds it by an index.
CREATE TABLE chip_tenants (
    tenant TEXT NOT NULL,
    chip TEXT NOT NULL REFERENCES chips (id),
    updated_by TEXT NOT NULL,
    PRIMARY KEY (tenant, chip)
) STRICT;
CREATE INDEX chip_tenants_by_chip ON chip_tenants (chip);
INSERT INTO chip_tenants (tenant, chip, updated_by) SELECT '', id, 'migration' FROM chips;

-- Somebody of one tenant was shown records of another.
CREATE TABLE accesses (
    revision INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    subject TEXT NOT NULL,
    subject_tenant TEXT NOT NULL,
    call TEXT NOT NULL,
    resource TEXT NOT NULL,
    tenant TEXT NOT NULL,
    case_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    policy_version TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX accesses_by_tenant ON accesses (tenant, revision);
CREATE INDEX accesses_by_resource ON accesses (resource, revision);
CREATE INDEX accesses_by_age ON accesses (time);

-- Every policy set that was in force.
CREATE TABLE policy_versions (
    number INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL,
    load_time INTEGER NOT NULL,
    source TEXT NOT NULL,
    policies TEXT NOT NULL,
    schema TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;

-- Why an agency looks at a site, and who agreed. `site` is what was asked for: there need not be one.
CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    site TEXT NOT NULL,
    reason TEXT NOT NULL,
    tenant TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    closed_by TEXT NOT NULL,
    duration_ns INTEGER NOT NULL,
    open_time INTEGER,
    expire_time INTEGER NOT NULL,
    close_time INTEGER,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX cases_by_tenant ON cases (tenant, id);
CREATE INDEX cases_open ON cases (tenant, expire_time) WHERE state = 'OPEN';
CREATE INDEX cases_by_age ON cases (expire_time);

-- What outsiders were told of a subject in an epoch: told once, told alike.
CREATE TABLE standings (
    subject TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    body BLOB NOT NULL,
    create_time INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (subject, epoch)
) STRICT;
CREATE INDEX standings_by_age ON standings (create_time);

INSERT INTO counters (name, value, updated_by)
VALUES ('accesses', 0, 'migration'), ('policy_versions', 0, 'migration');
