//! What is looked at: the journey on the canvas, what is selected, and where the camera stands.

use egui::Vec2;

use crate::{
    app::{
        diagram::{camera::Camera, graph::NodeKey},
        intent::Effect,
        selection::Selection,
        state::Model,
    },
    journey::{JourneyId, Place, Status},
};

impl Model {
    /// Shows where something is.
    pub(super) fn go_to(&mut self, journey: JourneyId, place: Place) -> Vec<Effect> {
        let node = match place {
            Place::Journey | Place::Trigger => NodeKey::Trigger,
            Place::Block(block) | Place::Exit(block, _) => NodeKey::Block(block),
        };
        let effects = self.show(journey);
        self.view.selection = Selection::Node(node);
        self.reveal();
        effects
    }

    /// Shows a journey. A draft runs only while it is looked at, so it needs a replay of its own.
    pub(super) fn show(&mut self, id: JourneyId) -> Vec<Effect> {
        let Some(journey) = self.journey_by_id(&id) else { return Vec::new() };
        let draft = (journey.status == Status::Draft).then(|| id.clone());
        if self.scene.as_ref().is_none_or(|(shown, _)| *shown != id) {
            self.scene = Some((id.clone(), self.scene_of(journey, None)));
        }
        if !self.view.tabs.contains(&id) {
            self.view.tabs.push(id.clone());
        }
        if self.view.journey.as_ref() != Some(&id) {
            if matches!(
                self.view.selection,
                Selection::Node(_) | Selection::Blocks(_) | Selection::Edge(_) | Selection::Note(_)
            ) {
                self.view.selection = Selection::Nothing;
            }
            (self.view.hold, self.view.picker) = (None, None);
            self.view.journey = Some(id);
        }
        self.choose(|choice| choice.draft = draft)
    }

    pub(super) fn close(&mut self, id: &JourneyId) -> Vec<Effect> {
        let Some(at) = self.view.tabs.iter().position(|tab| tab == id) else { return Vec::new() };
        if self.view.tabs.len() == 1 {
            return Vec::new();
        }
        self.view.tabs.remove(at);
        if self.view.journey.as_ref() == Some(id) {
            let next = self.view.tabs[at.min(self.view.tabs.len() - 1)].clone();
            return self.show(next);
        }
        Vec::new()
    }

    pub(super) fn step_journey(&mut self, by: isize) -> Vec<Effect> {
        let tabs = &self.view.tabs;
        let Some(at) = tabs.iter().position(|tab| Some(tab) == self.view.journey.as_ref()) else {
            return Vec::new();
        };
        let next = (at as isize + by).rem_euclid(tabs.len() as isize) as usize;
        self.show(tabs[next].clone())
    }

    pub(super) fn select(&mut self, selection: Selection) -> Vec<Effect> {
        let journey = match &selection {
            Selection::Message(key) => Some(key.journey.clone()),
            _ => None,
        };
        self.view.show_message = journey.is_some();
        self.view.selection = selection;
        if self.view.selection != Selection::Nothing {
            self.view.panels.inspector = true;
        }
        let mut effects = journey.map_or_else(Vec::new, |journey| self.show(journey));
        self.reveal();
        let person = match &self.view.selection {
            Selection::Person(identifiers) => Some(identifiers.clone()),
            _ => self.message().map(|message| message.identifiers.clone()),
        };
        if let Some(person) = person.filter(|person| !self.tells_of(Some(person))) {
            self.turn_to(person);
            if effects.is_empty() {
                effects = self.tell_story();
            }
        }
        self.follow_selection();
        effects
    }

    /// Moves the camera as little as needed to show the highlighted block and its open exits.
    pub(super) fn reveal(&mut self) {
        let (Some(key), Some(camera), Some((_, scene))) = (self.highlighted(), self.camera(), &self.scene)
        else {
            return;
        };
        let Some(at) = scene.graph.position(&key) else { return };
        let shown = camera.showing(scene.with_open_exits(at), self.view.canvas);
        if shown != camera {
            self.look(shown);
        }
    }

    pub(super) fn step_selection(&mut self, step: Vec2) {
        let Some((_, scene)) = &self.scene else { return };
        let current = self.highlighted().and_then(|key| scene.graph.position(&key));
        let next = match current {
            None => Some(0),
            Some(at) => scene.neighbour(at, step),
        };
        if let Some(node) = next.and_then(|at| scene.graph.nodes.get(at)) {
            self.view.selection = Selection::Node(node.key.clone());
            self.reveal();
        }
    }

    pub(super) fn zoom(&mut self, factor: f32) {
        if let Some(camera) = self.camera() {
            let view = self.view.canvas;
            self.look(camera.zoomed(factor, view.center(), view));
        }
    }

    pub(super) fn look(&mut self, camera: Camera) {
        if let Some((id, scene)) = &self.scene {
            let camera = camera.kept_near(scene.bounds, self.view.canvas);
            self.view.cameras.insert(id.clone(), camera);
        }
    }
}
