//! Liquid templates: bounded, on the virtual clock.
//!
//! The `liquid` crates parse and run; this module makes them safe for files that anybody may
//! edit. A template's text is looked over first (`scan`), variables are read from JSON as they
//! are asked for (`scope`), every step and byte is paid for (`budget`), and the blocks and
//! filters that could run away are our own (`blocks`, `filters`).
//!
//! An absent variable reads as nil: false in conditions, empty in loops, replaced by `default`.
//! Printing nil is the platform's choice ([`MissingVariable`]).
//!
//! | in a template | is |
//! |---|---|
//! | `customer.email`, `customer.first_name` | the person's identifiers and attributes |
//! | `event.product_id`, `event.event_name` | the triggering event's properties, and its name |
//! | `cart`, `last_viewed`, `first_session` | facts, as in conditions |
//! | `history.viewed`, `history.orders` | further facts |
//! | `catalog.recommendations` | products to recommend |
//! | `now`, `today`, `'now' \| date: '%d %b'` | the instant the message is sent, in UTC |

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::LazyLock,
};

use liquid_core::{Language, Renderable, parser, runtime::Template};
use liquid_lib::stdlib;
use serde_json::{Map, Value};

use crate::{identity::platform::MissingVariable, recording::time::format_instant};

mod blocks;
mod budget;
mod filters;
mod scan;
mod scope;
mod uses;

use budget::Output;
use scan::TokenKind;
pub use scan::is_plain;
use scope::Scope;
pub use uses::{Use, uses};

/// A template that rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
}

/// Why a template did not render.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It is not Liquid.
    #[error("line {line}: {reason}")]
    Syntax {
        /// Line in the template, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// It prints a variable that is absent, and the platform fails such messages.
    #[error("{0} is missing")]
    Missing(String),
    /// It would take too long or write too much (ranges over 10,000, output over 1 MiB).
    #[error("{0}")]
    TooLarge(String),
    /// Anything else that went wrong while rendering.
    #[error("{0}")]
    Failed(String),
}

/// A parsed template; parse once, render for many people.
pub struct CompiledTemplate {
    /// The whole text, where nothing in it is to be filled in.
    plain: Option<Box<str>>,
    template: Template,
    /// What each output prints, for naming it when it is missing.
    outputs: Vec<String>,
    variables: Vec<String>,
}

impl fmt::Debug for CompiledTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompiledTemplate").field("variables", &self.variables).finish_non_exhaustive()
    }
}

impl CompiledTemplate {
    /// Parses Liquid.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let tokens = scan::scan(source)?;
        let plain = is_plain(source).then(|| source.into());
        parse_liquid(source).map_err(|message| locate(source, &tokens, &message))?;
        let (marked, outputs) = mark_outputs(source, &tokens);
        let elements = parse_liquid(&marked).map_err(|message| locate(source, &tokens, &message))?;
        Ok(Self { plain, template: Template::new(elements), outputs, variables: variables(source, &tokens) })
    }
    /// Renders over `scope` (the keys `customer`, `event`, `cart`, `last_viewed`,
    /// `first_session`, `history`, `catalog`); `now_ms` is what `now` and `today` mean.
    pub fn render(
        &self,
        scope: &Map<String, Value>,
        now_ms: i64,
        missing: MissingVariable,
    ) -> Result<Rendered, TemplateError> {
        self.render_layers(&[scope], now_ms, missing)
    }
    /// Renders over several scopes; of a name in two of them the first counts. Lets what is the
    /// same for everybody (the catalogue) be built once.
    pub fn render_layers(
        &self,
        layers: &[&Map<String, Value>],
        now_ms: i64,
        missing: MissingVariable,
    ) -> Result<Rendered, TemplateError> {
        if let Some(text) = &self.plain {
            return Ok(Rendered { text: text.to_string() });
        }
        let now = format_instant(now_ms);
        let today = now.split('T').next().unwrap_or_default().to_owned();
        let scope = Scope::new(layers, now, today);
        let budget = scope.budget();
        budget.begin(now_ms, missing == MissingVariable::Fails);
        let mut output = Output::new(std::rc::Rc::clone(budget));
        let rendered =
            guarded(|| self.template.render_to(&mut output, &scope).map_err(|error| error.to_string()));
        if let Some(reason) = budget.exceeded() {
            return Err(TemplateError::TooLarge(reason));
        }
        if let Some(number) = budget.missing() {
            let name = self.outputs.get(number).cloned().unwrap_or_default();
            return Err(TemplateError::Missing(name));
        }
        rendered.map_err(|message| TemplateError::Failed(plain(&message)))?;
        budget
            .check()
            .map_err(|_| TemplateError::TooLarge("the template takes too many steps".to_owned()))?;
        Ok(Rendered { text: output.into_text() })
    }
    /// Variables the template reads, as paths (`customer.first_name`), sorted.
    pub fn variables(&self) -> Vec<String> {
        self.variables.clone()
    }
    /// Those of them that `scope` has nothing for.
    pub fn absent(&self, scope: &Map<String, Value>) -> Vec<String> {
        uses::absent(&self.variables, scope)
    }
}

fn variables(source: &str, tokens: &[scan::Token<'_>]) -> Vec<String> {
    let all: BTreeSet<String> = scan::uses(source, tokens).into_iter().map(|it| it.path).collect();
    all.into_iter().collect()
}

/// The language: standard Liquid, without includes, with our blocks and filters.
static LANGUAGE: LazyLock<Language> = LazyLock::new(|| {
    let mut language = Language::empty();
    macro_rules! tags {
        ($($tag:ident)*) => {$({
            let tag: Box<dyn liquid_core::ParseTag> = stdlib::$tag.into();
            language.tags.register(tag.reflection().tag().to_owned(), tag);
        })*};
    }
    macro_rules! blocks {
        ($($block:expr),*) => {$({
            let block: Box<dyn liquid_core::ParseBlock> = $block.into();
            language.blocks.register(block.reflection().start_tag().to_owned(), block);
        })*};
    }
    tags![AssignTag BreakTag ContinueTag CycleTag IncrementTag DecrementTag];
    blocks![
        stdlib::RawBlock,
        stdlib::IfBlock,
        stdlib::UnlessBlock,
        stdlib::CaseBlock,
        blocks::ForBlock,
        blocks::TableRowBlock,
        blocks::CaptureBlock,
        blocks::IfChangedBlock,
        blocks::CommentBlock
    ];
    filters::register(&mut language);
    language
});

fn parse_liquid(source: &str) -> Result<Vec<Box<dyn Renderable>>, String> {
    guarded(|| parser::parse(source, &LANGUAGE).map_err(|error| error.to_string()))
}

/// Runs the crate's code. It is not ours and was not written for hostile input: the checks before
/// it keep it from panicking as far as we know, and this keeps what we do not know from ending
/// the program.
fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|_| Err("liquid: the template cannot be read".to_owned()))
}

/// Ends every output with a filter that sees whether nothing is printed. Returns the new text,
/// and what each output prints.
fn mark_outputs(source: &str, tokens: &[scan::Token<'_>]) -> (String, Vec<String>) {
    let mut marked = String::with_capacity(source.len() + tokens.len() * 32);
    let mut outputs = Vec::new();
    let mut at = 0;
    for token in tokens.iter().filter(|token| token.kind == TokenKind::Output) {
        marked.push_str(&source[at..token.inner_end]);
        let _ = write!(marked, " | {}: {} ", filters::PRINT, outputs.len());
        outputs.push(token.printed().to_owned());
        at = token.inner_end;
    }
    marked.push_str(&source[at..]);
    (marked, outputs)
}

/// Says where a template's error is. The parser gives a place for some errors only; for the
/// others, the shortest beginning of the template that has the error ends with its cause.
fn locate(source: &str, tokens: &[scan::Token<'_>], message: &str) -> TemplateError {
    let reason = plain(message);
    if let Some(line) = line_in(message) {
        return TemplateError::Syntax { line, reason };
    }
    let fails = |token: &scan::Token<'_>| {
        let beginning = &source[..token.end];
        parse_liquid(beginning).is_err_and(|error| plain(&error) == reason)
    };
    let at = tokens.partition_point(|token| !fails(token));
    let line = tokens.get(at).map_or(1, |token| token.line);
    TemplateError::Syntax { line, reason }
}

/// The line in a message such as ` --> 3:5`.
fn line_in(message: &str) -> Option<usize> {
    let (_, place) = message.split_once("--> ")?;
    place.split(':').next()?.trim().parse().ok()
}

/// An error of the crate in one line of plain words: its message, and the name it is about.
fn plain(message: &str) -> String {
    let text = message.trim().trim_start_matches("liquid:").trim();
    // Errors with a place draw the line and say what is wrong after an equals sign.
    if let Some((_, reason)) = text.split_once("\n  = ") {
        let reason = reason.lines().next().unwrap_or_default();
        let requested = detail(message, "requested");
        return if requested.is_empty() { reason.to_owned() } else { format!("{reason} “{requested}”") };
    }
    let first = text.lines().next().unwrap_or_default();
    let requested = ["requested filter", "requested", "cause"].iter().map(|key| detail(message, key));
    match requested.into_iter().find(|detail| !detail.is_empty()) {
        Some(detail) => format!("{first}: {detail}"),
        None => first.to_owned(),
    }
}

/// The value of a `key=value` line of an error.
fn detail<'m>(message: &'m str, key: &str) -> &'m str {
    let found = message.lines().find_map(|line| line.trim_start().strip_prefix(key)?.strip_prefix('='));
    found.unwrap_or_default().trim()
}
