-- Papers of a tenant's business. `body` is the wire message without what the service sets; the other columns are what
-- is looked for. `keys` are words of a kind and a text, one a line; `paper_keys` has the same as rows.
CREATE TABLE parties (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    tenant TEXT NOT NULL,
    keys TEXT NOT NULL,
    body BLOB NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX parties_by_tenant ON parties (tenant, id);

CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    tenant TEXT NOT NULL,
    consignee TEXT NOT NULL,
    keys TEXT NOT NULL,
    body BLOB NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX transfers_by_tenant ON transfers (tenant, id);
CREATE INDEX transfers_by_consignee ON transfers (consignee, id);

CREATE TABLE skus (
    id TEXT PRIMARY KEY,
    etag TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    tenant TEXT NOT NULL,
    name_key TEXT NOT NULL,
    body BLOB NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX skus_by_tenant ON skus (tenant, id);
-- Of those in use a name stands for one.
CREATE UNIQUE INDEX skus_name_key ON skus (tenant, name_key) WHERE state = 'ACTIVE';

-- By what papers are found: `kind` is the table, `paper` the id, and of one key the latest come first.
CREATE TABLE paper_keys (
    kind TEXT NOT NULL,
    tenant TEXT NOT NULL,
    key TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    paper TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (kind, tenant, key, create_time, paper)
) STRICT;
CREATE INDEX paper_keys_by_paper ON paper_keys (paper, kind);
