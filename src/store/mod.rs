//! The store: what was imported and what replays found, in one SQLite file that a person can
//! query.
//!
//! It lies in the workspace's `.throughline/store.sqlite`. Recordings are files of their own and
//! results follow from them, so the whole folder can be deleted without loss; a damaged store is
//! put aside and built anew. One process writes at a time; a second is told so
//! ([`StoreError::InUse`]) and can do without, in memory.
//!
//! An import is one transaction: all of a recording is in the store or nothing of it, whether
//! the import failed, was cancelled or its process was killed. While one thread reads the file
//! another writes rows, in the order of the file, with no secondary index; reading back is one
//! sweep over a range of keys.
//!
//! With the `sqlite3` shell (see [`EXAMPLE_QUERIES`]):
//!
//! ```sql
//! -- The last replay's messages, with times, reasons and why.
//! SELECT at, person, journey, block, status, reason, because FROM latest_messages ORDER BY at;
//! ```

mod import;
mod load;
mod pieces;
mod results;
mod schema;

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags};

pub use import::{ImportControl, Imported, RecordingId, RecordingInfo};
pub use load::EventScan;
pub use pieces::{PieceReader, StoredEvents};
pub use results::{ReplayId, ReplayKey, SavingResult};

/// The folder of the store below the workspace's.
pub const STORE_FOLDER: &str = ".throughline";
/// The store's file in that folder.
pub const STORE_FILE: &str = "store.sqlite";

/// Three queries for people with the `sqlite3` shell; a test runs them.
pub const EXAMPLE_QUERIES: [(&str, &str); 3] = [
    (
        "The last replay's messages, with times, reasons and why",
        "SELECT at, person, journey, block, status, reason, because FROM latest_messages ORDER BY at",
    ),
    (
        "Why messages of each journey did not go out, most frequent first",
        "SELECT journey, block, reason, count(*) AS messages FROM latest_messages \
         WHERE status = 'not_sent' GROUP BY journey, block, reason ORDER BY messages DESC",
    ),
    (
        "What carts held back on anonymous visitors were worth, by what became of them",
        "SELECT state, cart_currency, count(*) AS triggers, round(sum(cart_value), 2) AS value \
         FROM held_triggers WHERE replay = (SELECT max(id) FROM replays) GROUP BY state, cart_currency",
    ),
];

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made or written.
    #[error("cannot keep a store in {folder}: {source}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process writes to it.
    #[error(
        "the workspace's store is in use by another Throughline ({file}); close it, or work without the store"
    )]
    InUse {
        /// The store's file.
        file: PathBuf,
    },
    /// A newer program made it.
    #[error(
        "{file} was made by a newer Throughline (store version {found}, this one knows {known}); \
         update, or delete the file: it is rebuilt from the recordings"
    )]
    Newer {
        /// The store's file.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// It is a database of something else.
    #[error("{file} is a database of another program; move it away and it is built anew")]
    Foreign {
        /// The store's file.
        file: PathBuf,
    },
    /// It is damaged.
    #[error("{file} is damaged ({detail}); delete it: it is rebuilt from the recordings")]
    Damaged {
        /// The store's file.
        file: PathBuf,
        /// What was found.
        detail: String,
    },
    /// There is no such recording in it.
    #[error("the store has no recording {0}")]
    UnknownRecording(i64),
    /// A recording could not be read.
    #[error(transparent)]
    Recording(#[from] crate::recording::RecordingError),
    /// SQLite refused something.
    #[error("the store failed: {0}")]
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The store of one workspace, open for writing.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    file: PathBuf,
    notes: Vec<String>,
    /// Held as long as the store is open; the system lets go of it however the process ends.
    _lock: File,
}

impl Store {
    /// Opens the store of a workspace folder, and makes it if there is none.
    ///
    /// A damaged file is put aside and the store begun anew ([`Store::notes`] says so).
    ///
    /// # Errors
    /// When the folder cannot be written, another process has the store, or the file was made by
    /// a newer or another program.
    pub fn open(workspace: &Path) -> Result<Self, StoreError> {
        let folder = workspace.join(STORE_FOLDER);
        let file = folder.join(STORE_FILE);
        let lock =
            make_folder(&folder).map_err(|source| StoreError::Folder { folder: folder.clone(), source })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse { file }),
            Err(TryLockError::Error(source)) => return Err(StoreError::Folder { folder, source }),
        }
        let mut notes = Vec::new();
        let connection = match schema::open(&file) {
            Err(StoreError::Damaged { detail, .. }) => {
                put_aside(&file).map_err(|source| StoreError::Folder { folder, source })?;
                notes.push(format!("The store was damaged ({detail}) and is rebuilt from the recordings."));
                schema::open(&file)?
            }
            other => other?,
        };
        Ok(Self { connection, file, notes, _lock: lock })
    }
    /// What a person should know about how it was opened.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
    /// The store's file.
    pub fn file(&self) -> &Path {
        &self.file
    }
    /// Another connection that only reads, for another thread.
    fn reader(&self) -> Result<Connection, StoreError> {
        reading_connection(&self.file)
    }
    /// Says “damaged” where SQLite found the file to be.
    fn explain(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Sqlite(error) => explained(error, &self.file),
            other => other,
        }
    }
}

fn reading_connection(file: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.execute_batch(schema::READING)?;
    Ok(connection)
}

fn explained(error: rusqlite::Error, file: &Path) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged { file: file.to_owned(), detail: error.to_string() }
        }
        _ => StoreError::Sqlite(error),
    }
}

/// Makes the folder, out of git's sight, with the file that is locked by whoever writes.
fn make_folder(folder: &Path) -> io::Result<File> {
    fs::create_dir_all(folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "*\n")?;
    }
    File::options().create(true).truncate(false).write(true).open(folder.join("store.lock"))
}

/// Moves a damaged store out of the way; the last one is kept, for whoever wants to know.
fn put_aside(file: &Path) -> io::Result<()> {
    for suffix in ["-wal", "-shm", "-journal"] {
        let mut beside = file.as_os_str().to_owned();
        beside.push(suffix);
        match fs::remove_file(PathBuf::from(beside)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(file, file.with_extension("damaged.sqlite"))
}

/// Removes what lies in the store's folder, but for folders: changes that were not saved are kept
/// in one, and no store. The folder itself goes when nothing is left in it.
fn remove_store(folder: &Path) -> io::Result<()> {
    let entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    let (folders, files): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.path().is_dir());
    for entry in files {
        // What is left stays out of git's sight.
        if folders.is_empty() || entry.file_name() != ".gitignore" {
            fs::remove_file(entry.path())?;
        }
    }
    if folders.is_empty() { fs::remove_dir(folder) } else { Ok(()) }
}

/// Deletes the store of a workspace folder and nothing else. It is rebuilt when next needed.
///
/// # Errors
/// When another process has it open, or the folder cannot be removed.
pub fn delete(workspace: &Path) -> Result<(), StoreError> {
    let folder = workspace.join(STORE_FOLDER);
    if !folder.exists() {
        return Ok(());
    }
    let fail = |source| StoreError::Folder { folder: folder.clone(), source };
    let lock = make_folder(&folder).map_err(fail)?;
    match lock.try_lock() {
        Ok(()) => remove_store(&folder).map_err(fail),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { file: folder.join(STORE_FILE) }),
        Err(TryLockError::Error(source)) => Err(fail(source)),
    }
}
