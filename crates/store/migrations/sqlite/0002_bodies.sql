-- SQLite compresses nothing; the number is kept so that both engines count alike.
SELECT 1;
