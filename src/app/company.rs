//! Who is on the timeline: the person in focus, and others beside them.
//!
//! The one in focus is whom the inspector and the questions are about; everybody's lanes are
//! drawn and everybody's runs are on the canvas. Stories are told one after the other by the
//! worker, the one in focus first, and again after each replay.

use std::sync::Arc;

use crate::lab::Story;

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
    pub(super) fn new(identifiers: Vec<String>) -> Self {
        Self { identifiers, story: None, fresh: false }
    }
    pub(super) fn told(story: Story) -> Self {
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
    pub(super) people: Vec<Companion>,
    /// The place of the one in focus.
    pub(super) focus: usize,
    /// Whose story the worker was asked for last.
    pub(super) asked: Option<Vec<String>>,
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
    pub(super) fn next(&self) -> Option<&Companion> {
        let rest = self.people.iter().filter(|it| !it.fresh);
        self.focused().filter(|it| !it.fresh).or_else(|| rest.into_iter().next())
    }
    /// All stories are to be told anew.
    pub(super) fn outdated(&mut self) {
        self.people.iter_mut().for_each(|it| it.fresh = false);
    }

    /// Adds somebody unless they are there. Whether there was room.
    pub(super) fn add(&mut self, identifiers: Vec<String>) -> bool {
        if self.position(&identifiers).is_some() {
            return true;
        }
        let has_room = self.people.len() < MOST;
        if has_room {
            self.people.push(Companion::new(identifiers));
        }
        has_room
    }
    pub(super) fn remove(&mut self, at: usize) {
        if self.is_several() && at < self.people.len() {
            self.people.remove(at);
            if at < self.focus || self.focus == self.people.len() {
                self.focus -= 1;
            }
        }
    }
    /// Takes in the story that was asked for.
    pub(super) fn take(&mut self, story: Option<Story>) {
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
