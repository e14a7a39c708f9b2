-- What ran on chips, by who reports it.
CREATE TABLE usages (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    party TEXT NOT NULL,
    chip TEXT NOT NULL,
    sku TEXT NOT NULL,
    units INTEGER NOT NULL,
    begin_time INTEGER NOT NULL,
    end_time INTEGER NOT NULL,
    uses TEXT NOT NULL,
    create_time INTEGER NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
) STRICT;
CREATE INDEX usages_by_party ON usages (tenant, party, id);
