//! Saving replay results, with digests of everything that made them.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::{Value, json};

use super::{Store, StoreError, explained};
use crate::{
    journey::{
        BlockId, Channel,
        format::{journey_to_ron, segments_to_ron},
    },
    recording::Digest,
    simulator::{BlockCounts, JourneyCounts, MessageRecord, ReplayInput, ReplayResult},
};

/// A replay result in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReplayId(i64);

/// Results kept; beyond it the oldest go.
const KEPT: i64 = 20;

/// Everything a replay result depends on: the same key, the same result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayKey {
    /// Digest of the journeys that ran.
    pub journeys: String,
    /// Digest of facts, segments and catalogue.
    pub workspace: String,
    /// Digest of the platform's rules.
    pub platform: String,
    /// Digest of the recordings, and which of them are history.
    pub recordings: String,
    /// Seed.
    pub seed: u64,
    /// How long after the last event it goes on (ms).
    pub horizon_ms: i64,
}

impl ReplayKey {
    /// The key of a replay; `recordings` are the digests of the files, in the log's order.
    pub fn of(input: &ReplayInput<'_>, recordings: &[String]) -> Self {
        let mut journeys = Digest::new();
        for journey in input.journeys {
            journeys.field(journey_to_ron(journey).as_bytes());
        }
        journeys.field(input.also.map_or("", |id| id.as_str()).as_bytes());
        let mut workspace = Digest::new();
        workspace.field(text_of(input.workspace).as_bytes());
        workspace.field(segments_to_ron(input.segments).as_bytes());
        for (id, product) in input.catalog.products() {
            workspace.field(id.as_bytes());
            workspace.field(product.to_string().as_bytes());
        }
        // A file counts the same wherever it stands in the list.
        let mut files: Vec<_> = (0_u16..)
            .zip(recordings)
            .map(|(position, digest)| (digest, input.history.contains(&position)))
            .collect();
        files.sort_unstable();
        let mut all = Digest::new();
        for (digest, history) in files {
            all.field(digest.as_bytes());
            all.field(&[u8::from(history)]);
        }
        Self {
            journeys: journeys.finish(),
            workspace: workspace.finish(),
            platform: Digest::of(text_of(input.platform).as_bytes()),
            recordings: all.finish(),
            seed: input.seed,
            horizon_ms: input.horizon.ms(),
        }
    }
    /// One digest of it all, and of the program's version.
    fn digest(&self) -> String {
        let mut digest = Digest::new();
        for part in [&self.journeys, &self.workspace, &self.platform, &self.recordings] {
            digest.field(part.as_bytes());
        }
        digest.field(&self.seed.to_le_bytes());
        digest.field(&self.horizon_ms.to_le_bytes());
        digest.field(PROGRAM_VERSION.as_bytes());
        digest.finish()
    }
}

const PROGRAM_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Canonical text of a part that is data all through; its maps are sorted.
fn text_of<T: serde::Serialize>(part: &T) -> String {
    ron::to_string(part).unwrap_or_default()
}

impl Store {
    /// The saved result of this very replay, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn find_result(&self, key: &ReplayKey) -> Result<Option<ReplayId>, StoreError> {
        let sql = "SELECT id FROM replays WHERE digest = ?1";
        Ok(self.connection.query_row(sql, [key.digest()], |row| row.get(0).map(ReplayId)).optional()?)
    }

    /// Saves a result as the latest; one of the same key is replaced, the oldest beyond twenty go.
    ///
    /// # Errors
    /// When the store fails; nothing is saved then.
    pub fn save_result(&mut self, key: &ReplayKey, result: &ReplayResult) -> Result<ReplayId, StoreError> {
        let mut saving = self.begin_result(key)?;
        saving.save_people(result)?;
        saving.finish(key, result)
    }

    /// Begins to save a result whose parts come one by one.
    ///
    /// # Errors
    /// When the store fails.
    pub fn begin_result(&mut self, key: &ReplayKey) -> Result<SavingResult<'_>, StoreError> {
        let Self { connection, file, .. } = self;
        let (transaction, id) = begin(connection, key).map_err(|error| explained(error, file))?;
        Ok(SavingResult { transaction, file, id })
    }
}

fn begin<'c>(connection: &'c mut Connection, key: &ReplayKey) -> rusqlite::Result<(Transaction<'c>, i64)> {
    let transaction = connection.transaction()?;
    let id: i64 =
        transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM replays", [], |row| row.get(0))?;
    prune(&transaction, &key.digest(), id - KEPT)?;
    Ok((transaction, id))
}

/// A result on its way into the store, in one transaction: dropped before the end it leaves
/// nothing behind.
pub struct SavingResult<'s> {
    transaction: Transaction<'s>,
    file: &'s Path,
    id: i64,
}

impl SavingResult<'_> {
    /// Saves a part's people, held triggers, merges and refusals, which then need not be kept.
    ///
    /// # Errors
    /// When the store fails.
    pub fn save_people(&mut self, part: &ReplayResult) -> Result<(), StoreError> {
        insert_people(&self.transaction, self.id, part).map_err(|error| explained(error, self.file))
    }

    /// Saves all else of the whole result: messages and counts.
    ///
    /// # Errors
    /// When the store fails; nothing is saved then.
    pub fn finish(self, key: &ReplayKey, whole: &ReplayResult) -> Result<ReplayId, StoreError> {
        let Self { transaction, file, id } = self;
        insert_replay(&transaction, id, key, whole)
            .and_then(|()| insert_messages(&transaction, id, &whole.messages))
            .and_then(|()| insert_counts(&transaction, id, whole))
            .and_then(|()| transaction.commit())
            .map_err(|error| explained(error, file))?;
        Ok(ReplayId(id))
    }
}

/// Takes out the result of the same key and all that are older than `oldest`.
fn prune(connection: &Connection, digest: &str, oldest: i64) -> rusqlite::Result<()> {
    let mut statement = connection.prepare("SELECT id FROM replays WHERE digest = ?1 OR id <= ?2")?;
    let ids: Vec<i64> =
        statement.query_map(params![digest, oldest], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for id in ids {
        for table in ["messages", "counts", "held_triggers", "merges", "refusals", "profiles"] {
            connection.execute(&format!("DELETE FROM {table} WHERE replay = ?1"), [id])?;
        }
        connection.execute("DELETE FROM replays WHERE id = ?1", [id])?;
    }
    Ok(())
}

fn insert_replay(
    connection: &Connection,
    id: i64,
    key: &ReplayKey,
    result: &ReplayResult,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO replays VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        params![
            id,
            key.digest(),
            key.journeys,
            key.workspace,
            key.platform,
            key.recordings,
            key.seed as i64,
            PROGRAM_VERSION,
            key.horizon_ms,
            result.horizon_ms,
            result.events as i64,
            result.duplicates as i64,
            result.before_consent as i64
        ],
    )?;
    Ok(())
}

fn insert_messages(connection: &Connection, id: i64, messages: &[MessageRecord]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare("INSERT INTO messages VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")?;
    for (position, message) in (0_i64..).zip(messages) {
        let flags: Vec<_> = message.flags.iter().map(|flag| flag.word()).collect();
        insert.execute(params![
            id,
            position,
            message.at_ms,
            json!(message.identifiers).to_string(),
            message.journey.as_str(),
            message.run,
            message.block.as_str(),
            message.message.as_ref().map(BlockId::as_str),
            message.channel.map(Channel::word),
            message.state.word(),
            message.reason,
            json!(flags).to_string(),
            because(message).to_string(),
            message.subject,
            message.body
        ])?;
    }
    Ok(())
}

fn because(message: &MessageRecord) -> Value {
    message
        .because
        .iter()
        .map(|reason| {
            json!({
                "at_ms": reason.at_ms,
                "rule": reason.rule,
                "confidence": reason.confidence_word(),
                "text": reason.text,
                "events": reason.events,
            })
        })
        .collect()
}

fn insert_counts(connection: &Connection, id: i64, result: &ReplayResult) -> rusqlite::Result<()> {
    let mut insert = connection.prepare("INSERT INTO counts VALUES (?,?,?,?,?,?)")?;
    for (journey, counts) in &result.journeys {
        let blocks = counts.blocks.iter().map(|(block, counts)| (Some(block.as_str()), of_block(counts)));
        for (block, rows) in std::iter::once((None, of_journey(counts))).chain(blocks) {
            for (what, word, count) in rows {
                insert.execute(params![id, journey.as_str(), block, what, word, count as i64])?;
            }
        }
    }
    Ok(())
}

/// (of what, which, how many).
type CountRow<'a> = (&'static str, &'a str, u64);

fn of_journey(counts: &JourneyCounts) -> Vec<CountRow<'_>> {
    let mut rows = vec![
        ("offered", "", counts.offered),
        ("started", "", counts.started),
        ("goals", "", counts.goals),
        ("exit", "never_identified", counts.left_unknown),
    ];
    for (what, words) in
        [("not_started", &counts.not_started), ("held", &counts.held), ("ended", &counts.ended)]
    {
        rows.extend(words.iter().map(|(word, count)| (what, word.as_str(), *count)));
    }
    rows
}

fn of_block(counts: &BlockCounts) -> Vec<CountRow<'_>> {
    let mut rows = vec![
        ("entered", "", counts.entered),
        ("waiting", "", counts.waiting),
        ("left_early", "", counts.left_early),
    ];
    rows.extend(counts.exits.iter().map(|(exit, count)| ("exit", exit.as_str(), *count)));
    for (what, words) in [("status", &counts.messages), ("reason", &counts.reasons)] {
        rows.extend(words.iter().map(|(word, count)| (what, word.as_str(), *count)));
    }
    rows
}

fn insert_people(connection: &Connection, id: i64, result: &ReplayResult) -> rusqlite::Result<()> {
    let mut insert = connection.prepare("INSERT INTO held_triggers VALUES (?,?,?,?,?,?,?,?,?,?)")?;
    for held in &result.held {
        let (value, currency) = held.cart_value.as_ref().map(|(value, currency)| (value, currency)).unzip();
        insert.execute(params![
            id,
            held.journey.as_str(),
            held.anonymous_id,
            held.event,
            held.held_ms,
            held.state.word(),
            held.decided_ms,
            held.age_ms,
            value,
            currency
        ])?;
    }
    let mut insert = connection.prepare("INSERT INTO merges VALUES (?,?,?,?,?,?,?,?)")?;
    for merge in &result.merges {
        insert.execute(params![
            id,
            merge.at_ms,
            json!(merge.survivor).to_string(),
            json!(merge.joined).to_string(),
            merge.events as i64,
            merge.call,
            merge.rule,
            merge.confidence.word()
        ])?;
    }
    let mut insert = connection.prepare("INSERT INTO refusals VALUES (?,?,?,?,?,?,?)")?;
    for refusal in &result.refusals {
        insert.execute(params![
            id,
            refusal.at_ms,
            refusal.call,
            refusal.identifier,
            refusal.reason.word(),
            refusal.rule,
            refusal.confidence.word()
        ])?;
    }
    let mut insert = connection.prepare("INSERT INTO profiles VALUES (?,?,?,?,?,?,?,?)")?;
    for person in &result.people {
        insert.execute(params![
            id,
            json!(person.identifiers).to_string(),
            person.known,
            json!(person.attributes).to_string(),
            person.events as i64,
            person.first_ms,
            person.last_ms,
            json!(person.segments).to_string()
        ])?;
    }
    Ok(())
}
