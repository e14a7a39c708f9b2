-- Rule books: what is built in, and what was entered. Nothing is deleted: decisions replay by their book.
CREATE TABLE rule_books (
    number INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    title TEXT NOT NULL,
    as_of TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    request_time INTEGER,
    activate_time INTEGER,
    retire_time INTEGER,
    signed_by BLOB NOT NULL,
    signature BLOB NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
-- There is never more than one by which is judged.
CREATE UNIQUE INDEX rule_books_active ON rule_books (state) WHERE state = 'ACTIVE';

-- The texts of a book, apart so that lists of books are short.
CREATE TABLE rule_files (
    book INTEGER NOT NULL REFERENCES rule_books (number),
    path TEXT NOT NULL,
    text TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (book, path)
) STRICT;

-- Decisions that were asked to be kept, with the facts that they were made of.
CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL UNIQUE,
    create_time INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    book INTEGER NOT NULL REFERENCES rule_books (number),
    stand TEXT NOT NULL,
    engine TEXT NOT NULL,
    canonical BLOB NOT NULL,
    inputs BLOB NOT NULL,
    inputs_sha256 BLOB NOT NULL,
    asked_by TEXT NOT NULL,
    updated_by TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_tenant ON decisions (tenant, revision);
CREATE INDEX decisions_by_subject ON decisions (subject, revision);

INSERT INTO counters (name, value, updated_by) VALUES ('rule_books', 0, 'migration'), ('decisions', 0, 'migration');
