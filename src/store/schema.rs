//! The schema and its versions.

use std::path::Path;

use rusqlite::Connection;

use super::{StoreError, explained};

/// Marks the file as ours (`file` and SQLite's `application_id`): "Thru".
const APPLICATION_ID: i64 = 0x5468_7275;

/// What leads from each version to the next. Never changed, only added to.
const MIGRATIONS: [&str; 1] = [include_str!("schema_v1.sql")];

/// Pages are large, for almost all work is one sweep over many rows.
const NEW_FILE: &str = "PRAGMA page_size = 16384;";
/// WAL: a person may look with the sqlite3 shell while a result is written.
const EVERY_TIME: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000;
     PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;";
/// A connection that only reads.
pub(super) const READING: &str = "PRAGMA busy_timeout = 2000; PRAGMA cache_size = -4096;";

/// Opens the file and brings it to this version.
pub(super) fn open(file: &Path) -> Result<Connection, StoreError> {
    let explain = |error| explained(error, file);
    let mut connection = Connection::open(file).map_err(explain)?;
    let is_new = number(&connection, "SELECT count(*) FROM sqlite_schema").map_err(explain)? == 0;
    let version = number(&connection, "PRAGMA user_version").map_err(explain)?;
    let application = number(&connection, "PRAGMA application_id").map_err(explain)?;
    let known = MIGRATIONS.len() as i64;
    if application != APPLICATION_ID && !(is_new && version == 0 && application == 0) {
        return Err(StoreError::Foreign { file: file.to_owned() });
    }
    if version > known {
        return Err(StoreError::Newer { file: file.to_owned(), found: version, known });
    }
    if is_new {
        connection.execute_batch(NEW_FILE).map_err(explain)?;
    }
    connection.execute_batch(EVERY_TIME).map_err(explain)?;
    migrate(&mut connection, version).map_err(explain)?;
    // Reads a page of every table that decides what is known: damage shows now, not half-way.
    number(&connection, "SELECT count(*) FROM recordings, replays").map_err(explain)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection, version: i64) -> rusqlite::Result<()> {
    for (from, migration) in (0_i64..).zip(MIGRATIONS).filter(|(from, _)| *from >= version) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", from + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

fn number(connection: &Connection, sql: &str) -> rusqlite::Result<i64> {
    connection.query_row(sql, [], |row| row.get(0))
}
