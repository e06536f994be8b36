"""A recording loaded into DuckDB, in memory: what an import into the store is measured against.

    pip install duckdb
    python3 benches/compare/import_duckdb.py crowd.jsonl
"""

import sys
import time

import duckdb

COLUMNS = "{type: 'VARCHAR', messageId: 'VARCHAR', timestamp: 'TIMESTAMP', receivedAt: 'TIMESTAMP', " \
    "anonymousId: 'VARCHAR', userId: 'VARCHAR', event: 'VARCHAR', name: 'VARCHAR', " \
    "properties: 'JSON', traits: 'JSON', context: 'JSON'}"

started = time.perf_counter()
database = duckdb.connect()
database.execute(
    f"CREATE TABLE events AS SELECT * FROM read_json(?, format = 'newline_delimited', columns = {COLUMNS})",
    [sys.argv[1]],
)
rows = database.execute("SELECT count(*) FROM events").fetchone()[0]
print(f"{rows} events, {time.perf_counter() - started:.2f} s")
