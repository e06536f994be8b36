//! Edits of the workspace, and nothing shown that they took away.

use std::sync::Arc;

use crate::{
    app::{
        diagram::graph::NodeKey,
        document::Document,
        intent::Effect,
        jobs::Against,
        selection::Selection,
        session::{RecordingChoice, Source, sources},
        state::Model,
    },
    journey::{
        Condition, JourneyId, Segment, Segments,
        edit::{EditCommand, Gesture, fresh_journey},
    },
    words::sentence,
    workspace::WorkspaceEdit,
};

impl Model {
    /// The workspace was replaced by one that no edit made.
    pub(super) fn replaced(&mut self) -> Vec<Effect> {
        self.follow_recordings();
        self.changed(None, None);
        self.filing.replay_soon();
        Vec::new()
    }

    /// Lists the workspace's recordings anew. What is chosen of them stays chosen, wherever it stands
    /// now; of one that is gone, all are.
    fn follow_recordings(&mut self) {
        let Some(workspace) = self.workspace() else { return };
        let added = self.sources.iter().filter(|source| source.added).cloned();
        let now: Vec<Source> = sources(workspace).into_iter().chain(added).collect();
        let before = std::mem::replace(&mut self.sources, now);
        let place = |at: usize| {
            let path = &before.get(at)?.path;
            self.sources.iter().position(|source| source.path == *path)
        };
        let follow = |recordings: &mut RecordingChoice| {
            if let RecordingChoice::One(at) = recordings {
                *recordings = place(*at).map_or(RecordingChoice::All, RecordingChoice::One);
            }
        };
        if let Some(choice) = &mut self.choice {
            follow(&mut choice.recordings);
        }
        if let Some(Against::Recordings(recordings)) = &mut self.comparing.against {
            follow(recordings);
        }
        if let Selection::Recording(at) = self.view.selection {
            self.view.selection = place(at).map_or(Selection::Nothing, Selection::Recording);
        }
    }

    /// Changes the workspace, shows the change and replays it.
    pub(super) fn edit(&mut self, edit: WorkspaceEdit, gesture: Option<Gesture>) -> Vec<Effect> {
        let anchor = self.anchor(&edit);
        let begins = matches!(&edit, WorkspaceEdit::AddJourney(_));
        // Where a block lies changes nothing that is replayed.
        let only_places =
            matches!(&edit, WorkspaceEdit::Journey(_, EditCommand::Move(_) | EditCommand::Arrange));
        let Some(opened) = &mut self.opened else { return Vec::new() };
        match opened.document.edit(edit, gesture) {
            Ok(change) => {
                self.notice = None;
                // Undo would now undo this edit instead of what was told of.
                self.filing.told = None;
                match &change.select[..] {
                    [] => {}
                    [block] => self.view.selection = Selection::Node(NodeKey::Block(block.clone())),
                    blocks => self.view.selection = Selection::Blocks(blocks.iter().cloned().collect()),
                }
                self.changed(change.show, anchor);
                if begins {
                    // Another form that was open is not about it; its own begins with its name.
                    self.view.selection = Selection::Nothing;
                }
                if !only_places {
                    self.filing.replay_soon();
                }
            }
            Err(error) => self.notice = Some(sentence(&error.to_string())),
        }
        Vec::new()
    }

    /// Goes a step back or forward in the history and says which.
    pub(super) fn step_history(&mut self, step: fn(&mut Document) -> Option<String>) -> Vec<Effect> {
        let anchor = self.highlighted();
        let Some(opened) = &mut self.opened else { return Vec::new() };
        if step(&mut opened.document).is_some() {
            self.follow_recordings();
            self.changed(None, anchor);
            self.filing.replay_soon();
        }
        Vec::new()
    }

    /// The workspace is another one now: nothing shown may speak of what is gone.
    /// What `anchor` stands for stays where it is on the screen.
    pub(super) fn changed(&mut self, show: Option<JourneyId>, anchor: Option<NodeKey>) {
        let Some(workspace) = self.opened.as_ref().map(|opened| Arc::clone(opened.document.workspace()))
        else {
            return;
        };
        // Who makes a platform the workspace's wants to see it.
        if let (Some(opened), Some(choice)) = (&mut self.opened, &mut self.choice)
            && let Some(platform) = opened.follow_platform()
        {
            choice.platform = platform;
        }
        let is_there = |id: &JourneyId| workspace.journeys.iter().any(|journey| journey.id == *id);
        self.view.tabs.retain(is_there);
        let shown = show.or_else(|| self.view.journey.clone()).filter(is_there);
        let shown = shown.or_else(|| self.view.tabs.first().cloned());
        let shown = shown.or_else(|| workspace.journeys.first().map(|journey| journey.id.clone()));
        if let Some(id) = shown {
            self.show(id);
            self.draw_again(anchor);
        } else {
            self.scene = None;
            self.view.journey = None;
        }
        self.forget_gone();
        self.list_messages();
    }
}

/// A segment just begun: its id and what it holds. Nobody is in it yet.
pub(super) fn fresh_segment(segments: &Segments) -> (String, Segment) {
    const NAME: &str = "New segment";
    let taken: Vec<JourneyId> = segments.0.keys().map(|id| JourneyId(id.clone())).collect();
    let is_taken = |name: &str| segments.0.values().any(|segment| segment.name == name);
    let mut name = NAME.to_owned();
    let mut number = 2;
    while is_taken(&name) {
        name = format!("{NAME} {number}");
        number += 1;
    }
    let id = fresh_journey(&name, &taken).0;
    (id, Segment { name, note: String::new(), condition: Condition::Any(Vec::new()) })
}
