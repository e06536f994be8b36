//! Who is on the timeline: the person in focus, and others beside them.
//!
//! The one in focus is whom the inspector and the questions are about; everybody's lanes are
//! drawn and everybody's runs are on the canvas. Stories are told one after the other by the
//! worker, the one in focus first, and again after each replay.

use std::sync::Arc;

use super::{
    intent::Effect,
    jobs::{AroundJob, Job},
    selection::Selection,
    state::Model,
};
use crate::{
    lab::Story,
    simulator::{PersonState, TraceRecord},
};

/// So many people are on the timeline at once at most: each has a whole story in memory.
pub const MOST: usize = 24;

/// Somebody on the timeline.
#[derive(Clone, Debug)]
pub struct Companion {
    /// Who was asked for.
    pub identifiers: Vec<String>,
    /// Their story, once it is told.
    pub story: Option<Arc<Story>>,
    /// Whether it was told since the last replay; `None` may be the answer: nobody is called so.
    fresh: bool,
}

impl Companion {
    fn new(identifiers: Vec<String>) -> Self {
        Self { identifiers, story: None, fresh: false }
    }
    fn told(story: Story) -> Self {
        Self { identifiers: story.identifiers.clone(), story: Some(Arc::new(story)), fresh: true }
    }
    /// Who it is, as well as is known.
    pub fn known_as(&self) -> &[String] {
        self.story.as_ref().map_or(&self.identifiers, |story| &story.identifiers)
    }
    /// Whether it is somebody with one of these identifiers.
    pub fn is_one_of(&self, identifiers: &[String]) -> bool {
        let shares = |own: &[String]| own.iter().any(|id| identifiers.contains(id));
        shares(self.known_as())
    }
}

/// Everybody on the timeline.
#[derive(Clone, Debug, Default)]
pub struct Company {
    people: Vec<Companion>,
    /// The place of the one in focus.
    focus: usize,
    /// Whose story the worker was asked for last.
    asked: Option<Vec<String>>,
}

/// What somebody wants of those on the timeline. People are meant by identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompanyIntent {
    /// Put these beside those who are there.
    Add(Vec<Vec<String>>),
    /// Take this one off; the last one stays.
    Remove(Vec<String>),
    /// Put this one on, or take them off.
    Toggle(Vec<String>),
    /// Leave only the one in focus.
    Alone,
    /// Turn to this one of them.
    Focus(Vec<String>),
}

impl Company {
    /// Everybody, in the order they were added.
    pub fn people(&self) -> &[Companion] {
        &self.people
    }
    /// The place of the one in focus among [`Company::people`].
    pub const fn focus(&self) -> usize {
        self.focus
    }
    /// The one in focus.
    pub fn focused(&self) -> Option<&Companion> {
        self.people.get(self.focus)
    }
    /// The place of somebody.
    pub fn position(&self, identifiers: &[String]) -> Option<usize> {
        self.people.iter().position(|it| it.is_one_of(identifiers))
    }
    /// Whether there is anybody beside the one in focus.
    pub const fn is_several(&self) -> bool {
        self.people.len() > 1
    }
    /// The stories that are told, in order.
    pub fn stories(&self) -> impl Iterator<Item = &Arc<Story>> {
        self.people.iter().filter_map(|it| it.story.as_ref())
    }
    /// Whose story is to be told next: the one in focus first.
    fn next(&self) -> Option<&Companion> {
        let rest = self.people.iter().filter(|it| !it.fresh);
        self.focused().filter(|it| !it.fresh).or_else(|| rest.into_iter().next())
    }
    /// All stories are to be told anew.
    pub(super) fn outdated(&mut self) {
        self.people.iter_mut().for_each(|it| it.fresh = false);
    }

    /// Adds somebody unless they are there. Whether there was room.
    fn add(&mut self, identifiers: Vec<String>) -> bool {
        if self.position(&identifiers).is_some() {
            return true;
        }
        let has_room = self.people.len() < MOST;
        if has_room {
            self.people.push(Companion::new(identifiers));
        }
        has_room
    }
    fn remove(&mut self, at: usize) {
        if self.is_several() && at < self.people.len() {
            self.people.remove(at);
            if at < self.focus || self.focus == self.people.len() {
                self.focus -= 1;
            }
        }
    }
    /// Takes in the story that was asked for.
    fn take(&mut self, story: Option<Story>) {
        let asked = self.asked.take();
        let at = asked.and_then(|asked| self.people.iter().position(|it| it.identifiers == asked));
        let (Some(at), story) = (at, story.map(Arc::new)) else { return };
        self.people[at].story = story;
        self.people[at].fresh = true;
        self.unite(at);
    }
    /// Who was added under two names is one person, where they were first.
    fn unite(&mut self, at: usize) {
        let known = self.people[at].known_as().to_vec();
        let same = |other: &usize| *other != at && self.people[*other].is_one_of(&known);
        if let Some(other) = (0..self.people.len()).find(same) {
            let (first, second) = (at.min(other), at.max(other));
            self.people[first] = self.people[at].clone();
            if self.focus == second {
                self.focus = first;
            }
            self.remove(second);
        }
    }
}

impl Model {
    /// Acts on an intent about who is on the timeline.
    pub(super) fn keep_company(&mut self, intent: CompanyIntent) -> Vec<Effect> {
        match intent {
            CompanyIntent::Add(people) => {
                let all_fit = people.into_iter().all(|it| self.company.add(it));
                if !all_fit {
                    self.notice = Some(format!("No more than {MOST} people fit on the timeline"));
                }
            }
            CompanyIntent::Remove(person) => {
                if let Some(at) = self.company.position(&person) {
                    self.company.remove(at);
                }
            }
            CompanyIntent::Toggle(person) => {
                return match self.company.position(&person) {
                    Some(_) if self.company.is_several() => self.keep_company(CompanyIntent::Remove(person)),
                    Some(_) => Vec::new(),
                    None => {
                        let mut effects = self.keep_company(CompanyIntent::Add(vec![person.clone()]));
                        if self.company.position(&person).is_some() {
                            effects.extend(self.select(Selection::Person(person)));
                        }
                        effects
                    }
                };
            }
            CompanyIntent::Alone => {
                let focused = self.company.focused().cloned();
                (self.company.people, self.company.focus) = (focused.into_iter().collect(), 0);
            }
            CompanyIntent::Focus(person) => return self.select(Selection::Person(person)),
        }
        self.turn();
        self.tell_story()
    }

    /// Turns to somebody: on the timeline already, or alone from now on.
    pub(super) fn turn_to(&mut self, person: Vec<String>) {
        if let Some(at) = self.company.position(&person) {
            self.company.focus = at;
        } else {
            self.company = Company { people: vec![Companion::new(person)], ..Company::default() };
            self.view.timeline = None;
        }
        self.turn();
    }

    /// Shows the story of the one in focus.
    fn turn(&mut self) {
        let story = self.company.focused().and_then(|it| it.story.clone());
        let same = match (&self.story, &story) {
            (Some(shown), Some(story)) => Arc::ptr_eq(shown, story),
            (shown, story) => shown.is_none() && story.is_none(),
        };
        if !same {
            self.story = story;
            self.view.transport.record = None;
        }
        self.look_at_cursor();
    }

    /// Takes in a story that was told.
    pub(super) fn take_story(&mut self, story: Option<Story>) {
        self.company.take(story);
        self.turn();
        self.follow_selection();
    }

    /// Puts people on the timeline whose stories are known: for pictures.
    pub(super) fn accompany(&mut self, stories: Vec<Story>) {
        let people = stories.into_iter().map(Companion::told).collect();
        self.company = Company { people, ..Company::default() };
        self.turn();
        self.follow_selection();
    }

    /// Asks for the next story that is not told yet. A replay that goes on comes first: it asks
    /// for the stories when it is done.
    pub(super) fn tell_story(&mut self) -> Vec<Effect> {
        if self.is_busy() {
            return Vec::new();
        }
        let person = self.company.next().map(|it| it.identifiers.clone());
        let Some(around) = person.and_then(|person| self.around(person)) else { return Vec::new() };
        self.company.asked = Some(around.person.clone());
        vec![Effect::Work(Box::new(Job::Story(around)))]
    }

    /// What the worker should do next for those on the timeline: tell a story, or search.
    pub(super) fn go_on(&mut self) -> Vec<Effect> {
        let effects = self.tell_story();
        if effects.is_empty() { self.search_now() } else { effects }
    }

    /// The person in focus and all they could ever meet, as they were replayed.
    pub(super) fn around_job(&self) -> Option<AroundJob> {
        self.around(self.company.focused()?.identifiers.clone())
    }

    /// Somebody, and all they could ever meet.
    pub(super) fn around(&self, person: Vec<String>) -> Option<AroundJob> {
        let outcome = self.outcome.as_ref()?;
        Some(AroundJob { replay: self.replay_job()?, broken: outcome.broken.clone(), person })
    }

    /// Whether the person in focus has one of these identifiers.
    pub(super) fn tells_of(&self, person: Option<&[String]>) -> bool {
        let focused = self.company.focused();
        focused.zip(person).is_some_and(|(focused, person)| focused.is_one_of(person))
    }

    /// The person in focus at the cursor: one profile, several that are not merged yet, or none.
    pub fn states(&self) -> &[PersonState] {
        self.moment.people.get(self.company.focus).map_or(&[], Vec::as_slice)
    }

    /// The record that is set off, if it is of this story.
    pub fn record_in(&self, story: &Arc<Story>) -> Option<&TraceRecord> {
        self.record().filter(|_| self.story.as_ref().is_some_and(|shown| Arc::ptr_eq(shown, story)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(name: &str) -> Vec<String> {
        vec![format!("user_id:{name}")]
    }

    fn names(company: &Company) -> Vec<&str> {
        company.people.iter().map(|it| it.identifiers[0].trim_start_matches("user_id:")).collect()
    }

    fn company(people: &[&str], focus: usize) -> Company {
        let people = people.iter().map(|name| Companion::new(who(name))).collect();
        Company { people, focus, asked: None }
    }

    #[test]
    fn who_is_in_focus_stays_when_another_leaves() {
        for (focus, leaves, then) in [(2, 0, "c"), (0, 2, "a"), (1, 1, "c"), (2, 2, "b")] {
            let mut all = company(&["a", "b", "c"], focus);
            all.remove(leaves);
            assert_eq!(names(&all)[all.focus], then, "{focus} of three, {leaves} leaves");
        }
        let mut alone = company(&["a"], 0);
        alone.remove(0);
        assert_eq!(names(&alone), ["a"], "the last one stays");
    }

    #[test]
    fn nobody_is_there_twice_nor_more_than_fit() {
        let mut all = company(&["a"], 0);
        assert!(all.add(who("a")) && all.people.len() == 1);
        assert!((1..MOST).all(|number| all.add(who(&number.to_string()))));
        assert!(!all.add(who("one too many")));
        assert_eq!(all.people.len(), MOST);
    }

    #[test]
    fn two_names_of_one_person_are_one_and_the_focus_goes_along() {
        let mut all = company(&["a", "b", "c"], 2);
        all.asked = Some(who("c"));
        let identifiers = vec!["user_id:a".to_owned(), "user_id:c".to_owned()];
        all.take(Some(Story { identifiers, ..Story::default() }));
        assert_eq!((all.people.len(), all.focus), (2, 0));
        assert!(all.people[0].is_one_of(&who("c")) && all.people[1].is_one_of(&who("b")));
        assert!(all.people[0].fresh);
    }

    #[test]
    fn the_one_in_focus_is_told_of_first_and_everybody_again_after_a_replay() {
        let mut all = company(&["a", "b"], 1);
        let mut order = Vec::new();
        while let Some(next) = all.next().map(|it| it.identifiers.clone()) {
            order.push(next.clone());
            all.asked = Some(next);
            all.take(None);
        }
        assert_eq!(order, [who("b"), who("a")]);
        all.outdated();
        assert_eq!(all.next().map(|it| &it.identifiers), Some(&who("b")));
    }
}
