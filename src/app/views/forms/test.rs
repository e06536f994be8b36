//! What is asked of one value, as words of a sentence.

use egui::{Id, Ui};

use super::{
    Form,
    choice::{self, Shape},
    edit::Look,
    field::Typed,
    reading,
    suggestion::Suggestion,
};
use crate::{
    journey::Test,
    recording::{Span, ValueKinds},
    words::test_form::TestForm,
};

/// Widths in a sentence, in points.
const VALUE_WIDTH: f32 = 130.0;
const NUMBER_WIDTH: f32 = 80.0;

impl Form<'_> {
    /// A test and what it compares with. `what` names the value asked about; returns what is
    /// wrong with what was typed.
    pub fn test(
        &mut self,
        ui: &mut Ui,
        what: &str,
        test: &mut Test,
        kinds: Option<ValueKinds>,
        suggestions: impl FnOnce(&Self) -> Vec<Suggestion>,
    ) -> Option<String> {
        let mut now = TestForm::of(test);
        let name = format!("Test of {what}");
        if choice::menu_of(ui, &name, &TestForm::WORDS, &mut now, Shape::Word) {
            *test = now.from(test);
        }
        let called = format!("Value of {what}");
        let id = ui.make_persistent_id((what, "value"));
        let look = Look::line(&called).hint("value").wide(VALUE_WIDTH);
        let typed = match test {
            Test::Equals(value) | Test::NotEquals(value) => self.suggested_value(
                ui,
                id,
                look,
                value,
                |value| reading::write_scalar(value, kinds),
                |text| Ok(reading::scalar(text, kinds)),
                suggestions,
            ),
            Test::EqualsIgnoreCase(text)
            | Test::Contains(text)
            | Test::ContainsIgnoreCase(text)
            | Test::StartsWith(text) => self.suggested_value(
                ui,
                id,
                look,
                text,
                Clone::clone,
                |text| Ok(text.to_owned()),
                suggestions,
            ),
            Test::In(values) | Test::NotIn(values) => self.typed_value(
                ui,
                id,
                look.hint("one, another"),
                values,
                |values| reading::write_scalars(values, kinds),
                |text| Ok(reading::scalars(text, kinds)),
            ),
            Test::MoreThan(number)
            | Test::AtLeast(number)
            | Test::LessThan(number)
            | Test::AtMost(number) => {
                let look = look.wide(NUMBER_WIDTH).hint("number");
                self.typed_value(ui, id, look, number, ToString::to_string, reading::number)
            }
            Test::WithinLast(span) | Test::LongerAgoThan(span) | Test::WithinNext(span) => {
                self.span_word(ui, id, &called, span)
            }
            Test::Exists | Test::Missing => return None,
        };
        typed.wrong
    }

    /// A length of time as a word of a sentence.
    pub fn span_word(&mut self, ui: &mut Ui, id: Id, name: &str, span: &mut Span) -> Typed {
        let look = Look::line(name).hint("24 hours").wide(96.0);
        self.typed_value(ui, id, look, span, |span| spoken(*span), reading::some_span)
    }
}

/// People say “in the last 24 hours”, but “wait 1 day”.
fn spoken(span: Span) -> String {
    if span == Span::days(1) { "24 hours".to_owned() } else { reading::write_span(span) }
}
