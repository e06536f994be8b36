//! Acting on who is on the timeline: who is added, turned to and told of next.

use std::sync::Arc;

use crate::{
    app::{
        company::{Companion, Company, CompanyIntent, MOST},
        intent::Effect,
        jobs::{AroundJob, Job},
        selection::Selection,
        state::Model,
    },
    lab::Story,
};

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
    pub(in crate::app) fn accompany(&mut self, stories: Vec<Story>) {
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
}
