//! `throughline import`: brings a recording into a workspace.

use std::{io::Write, sync::atomic::AtomicU64};

use super::{Cancelled, Verdict, args::ImportArgs, load::say_all_oddities, progress, say, signal};
use crate::{
    recording::RecordingError,
    store::{self, ImportControl, Imported, STORE_FOLDER, Store, StoreError},
    workspace::{self, Adopted, Listing, adopt_recording, list_recording},
};

/// Copies the file into the workspace, imports it into the store, and lists it in
/// `workspace.ron`. An empty folder becomes a workspace. Whatever fails, all is as it was.
/// Rejected lines are no failure.
pub fn run(arguments: &ImportArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let folder = &arguments.workspace;
    let begun = workspace::begin_in_empty(folder)?;
    let has_store = folder.join(STORE_FOLDER).exists();
    let done = import(arguments, out);
    if done.is_err() && !has_store {
        // Unless another process uses it by now.
        store::delete(folder).unwrap_or_else(|error| say(&error.to_string()));
    }
    match (&done, begun) {
        (Ok(_), true) => say(&format!("{} is a workspace now", folder.display())),
        (Err(_), true) => workspace::end_what_began(folder),
        (_, false) => {}
    }
    done
}

fn import(arguments: &ImportArgs, out: &mut dyn Write) -> anyhow::Result<Verdict> {
    let folder = &arguments.workspace;
    workspace::open(folder)?;
    let mut store = Store::open(folder)?;
    for note in store.notes() {
        say(note);
    }
    let adopted = adopt_recording(folder, &arguments.file)?;
    let done = imported(&mut store, &adopted).and_then(|imported| {
        let listing = list_recording(folder, &adopted.file)?;
        Ok((imported, listing))
    });
    let (imported, listing) = match done {
        Ok(done) => done,
        Err(error) => {
            adopted.undo();
            return Err(error);
        }
    };
    let counts = &imported.recording.counts;
    writeln!(
        out,
        "{}: {} read, {} kept, {} duplicate, {} rejected{}",
        adopted.file,
        counts.read,
        counts.kept,
        counts.duplicate,
        counts.rejected.len(),
        if imported.was_known { " (known already, unchanged)" } else { "" }
    )?;
    say_all_oddities(&adopted.file, counts);
    if listing == Listing::ByHand {
        say(&format!(
            "workspace.ron has comments, which saving would drop; add (file: \"{}\") to its recordings yourself",
            adopted.file
        ));
    }
    Ok(Verdict::Fine)
}

fn imported(store: &mut Store, adopted: &Adopted) -> anyhow::Result<Imported> {
    let name = adopted.file.rsplit('/').next().unwrap_or(&adopted.file);
    let imported = progress::shown(&format!("Importing {name}"), None, |lines: &AtomicU64| {
        let control =
            ImportControl { cancel: Some(signal::flag()), lines: Some(lines), ..ImportControl::default() };
        store.import(&adopted.path, &adopted.file, name, control)
    });
    imported.map_err(|error| match error {
        StoreError::Recording(RecordingError::Cancelled { .. }) => Cancelled.into(),
        other => other.into(),
    })
}
