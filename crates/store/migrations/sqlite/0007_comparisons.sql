-- What a verdict says of places, short: so that a scan of all chips reads no verdict whole. Empty: written before there
-- was this column, and filled in by the program from the newest down; the counter says up to which revision that is due.
ALTER TABLE verdicts ADD COLUMN places BLOB NOT NULL DEFAULT x'';
-- Everything that the scan asks of a verdict, so that it is answered by the index alone.
CREATE INDEX verdicts_placed ON verdicts (agent, revision, as_of, places, id);
DROP INDEX verdicts_by_agent;
INSERT INTO counters (name, value, updated_by)
SELECT 'unplaced_verdicts', COALESCE(MAX(revision), 0), 'migration' FROM verdicts;

-- Answers are rows of before, which have other columns now.
DELETE FROM requests;

-- Rules that are compared over what is kept. `tenant` asked; `scope` is whose chips and transfers are judged, '' all.
CREATE TABLE comparisons (
    id TEXT PRIMARY KEY,
    create_time INTEGER NOT NULL,
    update_time INTEGER NOT NULL,
    end_time INTEGER,
    state TEXT NOT NULL,
    tenant TEXT NOT NULL,
    scope TEXT NOT NULL,
    base BLOB NOT NULL,
    draft BLOB NOT NULL,
    verdicts INTEGER NOT NULL,
    transfers INTEGER NOT NULL,
    verdict_revision INTEGER NOT NULL,
    asked_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    listed INTEGER NOT NULL,
    shards INTEGER NOT NULL,
    shards_done INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    flipped INTEGER NOT NULL,
    result BLOB NOT NULL,
    flips_sha256 TEXT NOT NULL,
    error TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX comparisons_by_tenant ON comparisons (tenant, id);
CREATE INDEX comparisons_open ON comparisons (state, id) WHERE state IN ('RUNNING', 'DELETED');
CREATE INDEX comparisons_by_age ON comparisons (create_time);

-- A part of what a comparison judges: subjects of a kind whose ids come after `after` and up to `until`.
CREATE TABLE comparison_shards (
    comparison TEXT NOT NULL,
    shard INTEGER NOT NULL,
    kind TEXT NOT NULL,
    after TEXT NOT NULL,
    until TEXT NOT NULL,
    done INTEGER NOT NULL,
    judged INTEGER NOT NULL,
    flipped INTEGER NOT NULL,
    counts BLOB NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (comparison, shard)
) STRICT;

-- What flips, in the order of bytes whatever the language of the database. The body is in the caller's encoding.
CREATE TABLE flips (
    comparison TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BLOB NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (comparison, subject)
) STRICT, WITHOUT ROWID;
