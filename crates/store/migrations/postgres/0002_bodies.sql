-- Bodies of reports are half chance, and most are gone within seconds: to compress them cost more than to write them.
ALTER TABLE reports ALTER COLUMN body SET STORAGE EXTERNAL;
