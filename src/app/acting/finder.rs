//! Acting on the search over everything: what is found, and where a hit leads.

use crate::{
    app::{
        command::Command,
        filing::{Dialog, FilesIntent},
        finder::{Finder, FinderIntent, Hit},
        intent::{Effect, Intent},
        selection::Selection,
        state::Model,
    },
    journey::Place,
    words::block,
};

/// The most that is listed of each kind but commands: who looks for more types more.
const OF_EACH: usize = 6;

impl Model {
    /// Opens the search over the window, with nothing typed.
    pub(super) fn open_finder(&mut self) -> Vec<Effect> {
        self.search_for(String::new());
        self.files(FilesIntent::Show(Dialog::Finder))
    }

    /// Acts on an intent of the search.
    pub(super) fn use_finder(&mut self, intent: FinderIntent) -> Vec<Effect> {
        match intent {
            FinderIntent::Type(text) => self.search_for(text),
            FinderIntent::Step(by) => {
                let last = self.finder.hits.len().saturating_sub(1);
                self.finder.row = self.finder.row.saturating_add_signed(by).min(last);
            }
            FinderIntent::Take(row) => return self.take_hit(row),
        }
        Vec::new()
    }

    fn search_for(&mut self, text: String) {
        let hits = self.find_everything(&text);
        self.finder = Finder { text, hits, row: 0 };
    }

    fn take_hit(&mut self, row: usize) -> Vec<Effect> {
        let Some(hit) = self.finder.hits.get(row).cloned() else { return Vec::new() };
        let wish = match hit {
            Hit::Command(command) if self.offer(command).why_not.is_some() => return Vec::new(),
            Hit::Command(command) => Intent::Run(command),
            Hit::Journey(id) => Intent::OpenJourney(id),
            Hit::Block(journey, block) => Intent::GoTo(journey, Place::Block(block)),
            Hit::Segment(id) => Intent::Select(Selection::Segment(id)),
            Hit::Person { identifiers, .. } => Intent::Select(Selection::Person(identifiers)),
        };
        let mut effects = self.files(FilesIntent::Stay);
        effects.extend(self.apply(wish));
        effects
    }

    /// What holds every word, whatever the case. Things come before commands that only mention the
    /// words in what they say of themselves; without words the commands run lately come first.
    fn find_everything(&self, text: &str) -> Vec<Hit> {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        let fits = |name: &str| {
            let name = name.to_lowercase();
            words.iter().all(|word| name.contains(word.as_str()))
        };
        let (named, mentioned): (Vec<Command>, Vec<Command>) = self
            .commands()
            .into_iter()
            .filter(|command| fits(&format!("{} {}", command.text(), command.tooltip())))
            .partition(|command| fits(command.text()));
        let mut hits: Vec<Hit> = named.into_iter().map(Hit::Command).collect();
        if !words.is_empty() {
            let journeys = self.journeys().iter().filter(|it| fits(&it.name)).take(OF_EACH);
            hits.extend(journeys.map(|it| Hit::Journey(it.id.clone())));
            hits.extend(self.blocks_that(&fits));
            let segments = self.segments().0.iter().filter(|(_, it)| fits(&it.name)).take(OF_EACH);
            hits.extend(segments.map(|(id, _)| Hit::Segment(id.clone())));
            hits.extend(self.people_that(text));
        }
        hits.extend(mentioned.into_iter().map(Hit::Command));
        hits
    }

    /// Blocks of which the name fits, those of the journey shown first.
    fn blocks_that(&self, fits: &impl Fn(&str) -> bool) -> Vec<Hit> {
        let shown = self.journey().into_iter();
        let others = self.journeys().iter().map(AsRef::as_ref);
        let others = others.filter(|journey| self.view.journey.as_ref() != Some(&journey.id));
        shown
            .chain(others)
            .flat_map(|journey| journey.blocks.iter().map(move |block| (journey, block)))
            .filter(|(_, (_, block))| fits(block::title(block)))
            .map(|(journey, (id, _))| Hit::Block(journey.id.clone(), id.clone()))
            .take(OF_EACH)
            .collect()
    }

    /// People of whom an identifier holds the text.
    fn people_that(&self, text: &str) -> Vec<Hit> {
        let Some(outcome) = &self.outcome else { return Vec::new() };
        let found = outcome.index.people.find(text, OF_EACH);
        let people = found.into_iter().filter_map(|at| outcome.result.people.get(at));
        people.map(|it| Hit::Person { identifiers: it.identifiers.clone(), known: it.known }).collect()
    }

    /// Every command but the search itself, those run lately first.
    fn commands(&self) -> Vec<Command> {
        let mut commands: Vec<Command> =
            Command::ALL.iter().copied().filter(|command| *command != Command::Find).collect();
        commands.sort_by_key(|command| {
            self.ran.iter().position(|other| other == command).unwrap_or(self.ran.len())
        });
        commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn found(model: &Model, text: &str) -> Vec<Hit> {
        model.find_everything(text)
    }

    #[test]
    fn commands_are_found_by_words_and_those_run_lately_come_first() {
        let mut model = Model::default();
        assert_eq!(found(&model, "zoom fit"), []);
        assert_eq!(found(&model, "FIT jour"), [Hit::Command(Command::ZoomFit)]);
        assert_eq!(found(&model, "undo")[0], Hit::Command(Command::Undo), "before what mentions it");
        model.ran = vec![Command::ThemeDark, Command::Save];
        let lately = [Hit::Command(Command::ThemeDark), Hit::Command(Command::Save)];
        assert_eq!(found(&model, "")[..2], lately);
        assert!(!found(&model, "").contains(&Hit::Command(Command::Find)));
    }

    #[test]
    fn everything_that_has_a_name_is_found_and_gone_to() {
        let mut model = fixture::replayed();
        let take = |model: &mut Model, text: &str, wanted: &dyn Fn(&Hit) -> bool| {
            model.apply(Intent::Run(Command::Find));
            model.apply(Intent::Find(FinderIntent::Type(text.to_owned())));
            let row = model.finder.hits.iter().position(wanted);
            let row = row.unwrap_or_else(|| panic!("{text}: {:?}", model.finder.hits));
            model.apply(Intent::Find(FinderIntent::Take(row)));
            assert_eq!(model.filing.dialog, None, "the search is closed");
        };
        take(&mut model, "Browse", &|hit| matches!(hit, Hit::Journey(_)));
        assert_eq!(model.journey().unwrap().name, "Browse abandonment");
        take(&mut model, "cart REMIN", &|hit| matches!(hit, Hit::Block(..)));
        assert_eq!(model.journey().unwrap().name, "Cart recovery");
        assert!(matches!(model.view.selection, Selection::Node(_)));
        take(&mut model, "high intent", &|hit| matches!(hit, Hit::Segment(_)));
        assert!(matches!(model.view.selection, Selection::Segment(_)));
        take(&mut model, "ANA.keller", &|hit| matches!(hit, Hit::Person { .. }));
        let Selection::Person(identifiers) = &model.view.selection else { panic!("a person") };
        assert!(identifiers.contains(&"user_id:u-7".to_owned()));
    }

    #[test]
    fn what_cannot_be_done_now_is_listed_and_not_taken() {
        let mut model = fixture::replayed();
        model.apply(Intent::Run(Command::Find));
        model.apply(Intent::Find(FinderIntent::Type("redo".to_owned())));
        assert_eq!(model.finder.hits[0], Hit::Command(Command::Redo));
        model.apply(Intent::Find(FinderIntent::Take(0)));
        assert_eq!(model.filing.dialog, Some(Dialog::Finder), "it stays open");
        model.apply(Intent::Find(FinderIntent::Step(-1)));
        model.apply(Intent::Find(FinderIntent::Step(99)));
        assert_eq!(model.finder.row, model.finder.hits.len() - 1);
    }
}
