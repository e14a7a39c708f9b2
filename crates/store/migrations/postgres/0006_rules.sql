-- Rule books: what is built in, and what was entered. Nothing is deleted: decisions replay by their book.
CREATE TABLE rule_books (
    number BIGINT PRIMARY KEY,
    sha256 BYTEA NOT NULL UNIQUE,
    title TEXT NOT NULL,
    as_of TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    created_by TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    request_time BIGINT,
    activate_time BIGINT,
    retire_time BIGINT,
    signed_by BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    updated_by TEXT NOT NULL
);
-- There is never more than one by which is judged.
CREATE UNIQUE INDEX rule_books_active ON rule_books (state) WHERE state = 'ACTIVE';

-- The texts of a book, apart so that lists of books are short.
CREATE TABLE rule_files (
    book BIGINT NOT NULL REFERENCES rule_books (number),
    path TEXT NOT NULL,
    text TEXT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (book, path)
);

-- Decisions that were asked to be kept, with the facts that they were made of.
CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    revision BIGINT NOT NULL UNIQUE,
    create_time BIGINT NOT NULL,
    tenant TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    book BIGINT NOT NULL REFERENCES rule_books (number),
    stand TEXT NOT NULL,
    engine TEXT NOT NULL,
    canonical BYTEA NOT NULL,
    inputs BYTEA NOT NULL,
    inputs_sha256 BYTEA NOT NULL,
    asked_by TEXT NOT NULL,
    updated_by TEXT NOT NULL
);
CREATE INDEX decisions_by_tenant ON decisions (tenant, revision);
CREATE INDEX decisions_by_subject ON decisions (subject, revision);

INSERT INTO counters (name, value, updated_by) VALUES ('rule_books', 0, 'migration'), ('decisions', 0, 'migration');
