-- What ran on chips, by who reports it.
CREATE TABLE usages (
    tenant TEXT NOT NULL,
    id TEXT NOT NULL,
    party TEXT NOT NULL,
    chip TEXT NOT NULL,
    sku TEXT NOT NULL,
    units BIGINT NOT NULL,
    begin_time BIGINT NOT NULL,
    end_time BIGINT NOT NULL,
    uses TEXT NOT NULL,
    create_time BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX usages_by_party ON usages (tenant, party, id);
