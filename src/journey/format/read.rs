//! Reading any of the program's RON files: the header first, then the version it names; errors
//! in plain words with line and column.

use std::fmt;

use ron::{Options, error::SpannedError, extensions::Extensions};
use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed},
};

use super::FormatError;

/// A kind of file: the word its `format` says, and the newest version this program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileKind {
    pub(crate) name: &'static str,
    pub(crate) newest: u32,
}

/// Deepest nesting read, in the `ron` crate's count (a few for each level of conditions). Keeps a
/// hostile file from exhausting the stack.
const DEEPEST: usize = 128;
/// Marks an error of the readers below as a contradiction, not a slip of the pen.
const INCONSISTENT: &str = "\u{1}";

/// What `ron` calls the head of a file in its own errors.
const HEADER: &str = "Header";

fn options() -> Options {
    Options::default().with_default_extension(Extensions::IMPLICIT_SOME).with_recursion_limit(DEEPEST)
}

/// An error about parts that contradict each other, raised while reading.
pub(super) fn inconsistent<E: de::Error>(reason: &str) -> E {
    E::custom(format_args!("{INCONSISTENT}{reason}"))
}

/// The text that files are read from: without byte-order mark, and with plain line ends where
/// every line ends as on Windows (git converts whole files, and a message's body must not differ
/// by who checked it out).
fn cleaned(text: &str) -> std::borrow::Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let windows = text.matches("\r\n").count();
    if windows > 0 && windows == text.matches('\n').count() {
        text.replace("\r\n", "\n").into()
    } else {
        text.into()
    }
}

/// Reads a file of `kind`. The header decides before anything else is looked at, so a file of a
/// newer version is refused as such whatever it holds.
pub(crate) fn read<T: DeserializeOwned>(text: &str, file: &str, kind: FileKind) -> Result<T, FormatError> {
    let text = cleaned(text);
    let header = read_header(&text).map_err(|error| explained(&error, &text, file))?;
    if header.format != kind.name {
        return Err(FormatError::WrongFormat {
            file: file.to_owned(),
            found: header.format,
            expected: kind.name.to_owned(),
        });
    }
    if header.version > kind.newest {
        return Err(FormatError::NewerVersion {
            file: file.to_owned(),
            found: header.version,
            newest: kind.newest,
        });
    }
    if header.version == 0 {
        return Err(FormatError::Syntax {
            file: file.to_owned(),
            line: header.line,
            column: header.column,
            reason: format!("there is no version 0; the newest is {}", kind.newest),
        });
    }
    // There is one version so far; the next one is told apart here.
    options().from_str(&text).map_err(|error| explained(&error, &text, file))
}

/// What every file begins with.
#[derive(Default)]
struct Header {
    format: String,
    version: u32,
    /// Where the header ends.
    line: usize,
    column: usize,
}

/// Reads `format` and `version`, the first two fields, and nothing behind them.
fn read_header(text: &str) -> Result<Header, SpannedError> {
    let mut found = (None, None);
    let mut deserializer = ron::Deserializer::from_str_with_options(text, &options())?;
    // Once both are read the reader stops early, which `ron` takes for an error: ignored.
    let outcome = HeaderSeed(&mut found).deserialize(&mut deserializer);
    let end = deserializer.span_error(ron::Error::Eof).span.end;
    match (found, outcome) {
        ((Some(format), Some(version)), _) => Ok(Header { format, version, line: end.line, column: end.col }),
        (_, Err(error)) => Err(deserializer.span_error(error)),
        (_, Ok(())) => {
            Err(deserializer.span_error(ron::Error::MissingStructField { field: "format", outer: None }))
        }
    }
}

struct HeaderSeed<'a>(&'a mut (Option<String>, Option<u32>));

impl<'de> DeserializeSeed<'de> for HeaderSeed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_struct(HEADER, &["format", "version"], self)
    }
}

impl<'de> de::Visitor<'de> for HeaderSeed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`format` and `version`")
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while self.0.0.is_none() || self.0.1.is_none() {
            match fields.next_key::<Word>()?.as_ref().map(|word| word.0.as_str()) {
                Some("format") => self.0.0 = Some(fields.next_value()?),
                Some("version") => {
                    let version: u64 = fields.next_value()?;
                    self.0.1 = Some(u32::try_from(version).unwrap_or(u32::MAX));
                }
                _ => return Err(de::Error::custom("the file must begin with `format` and `version`")),
            }
        }
        Ok(())
    }
}

/// Any field's name.
struct Word(String);

impl<'de> de::Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordVisitor;
        impl de::Visitor<'_> for WordVisitor {
            type Value = Word;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field's name")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Word, E> {
                Ok(Word(name.to_owned()))
            }
        }
        deserializer.deserialize_identifier(WordVisitor)
    }
}

/// A reader's error in plain words, with its place.
fn explained(error: &SpannedError, text: &str, file: &str) -> FormatError {
    use ron::Error as E;
    if let E::Message(message) = &error.code
        && let Some(reason) = message.strip_prefix(INCONSISTENT)
    {
        let reason = format!("line {}: {reason}", error.span.start.line);
        return FormatError::Inconsistent { file: file.to_owned(), reason };
    }
    // A wrong word is where it begins; anything else is where reading stopped.
    let place = match error.code {
        E::NoSuchStructField { .. }
        | E::NoSuchEnumVariant { .. }
        | E::DuplicateStructField { .. }
        | E::InvalidValueForType { .. }
        | E::Message(_) => &error.span.start,
        _ => &error.span.end,
    };
    let at_end = place.line >= text.lines().count()
        && text.lines().last().is_none_or(|last| place.col > last.trim_end().chars().count());
    let reason = if at_end && is_unfinished(&error.code) {
        "the file ends too early; is it whole?".to_owned()
    } else {
        in_plain_words(&error.code)
    };
    FormatError::Syntax { file: file.to_owned(), line: place.line, column: place.col, reason }
}

/// Whether an error is what a cut-off file gives.
fn is_unfinished(error: &ron::Error) -> bool {
    use ron::Error as E;
    matches!(
        error,
        E::Eof
            | E::ExpectedArrayEnd
            | E::ExpectedComma
            | E::ExpectedMapColon
            | E::ExpectedMapEnd
            | E::ExpectedStructLikeEnd
            | E::ExpectedOptionEnd
            | E::ExpectedStringEnd
            | E::ExpectedIdentifier
            | E::ExpectedString
            | E::ExpectedStructLike
            | E::ExpectedNamedStructLike(_)
            | E::UnclosedBlockComment
    )
}

fn in_plain_words(error: &ron::Error) -> String {
    use ron::Error as E;
    let inside = |outer: &Option<String>| outer.as_ref().map(|o| format!(" in {o}")).unwrap_or_default();
    match error {
        E::NoSuchStructField { expected, found, outer } => {
            let hint = nearest_or_all(found, expected);
            format!("there is no field “{found}”{}{hint}", inside(outer))
        }
        E::NoSuchEnumVariant { expected, found, outer } => {
            let hint = nearest_or_all(found, expected);
            format!("“{found}” is not known{}{hint}", inside(outer))
        }
        E::MissingStructField { field, outer } => {
            format!("the field “{field}” is missing{}", inside(outer))
        }
        E::DuplicateStructField { field, outer } => {
            format!("the field “{field}” is given twice{}", inside(outer))
        }
        E::ExceededRecursionLimit => "this is nested too deeply; make it flatter".to_owned(),
        E::TrailingCharacters => "there is something behind the end of the file's value".to_owned(),
        E::ExpectedStringEnd => "a text is not closed".to_owned(),
        E::ExpectedString => "expected a text in quotes".to_owned(),
        E::ExpectedComma => "expected a comma or the closing bracket".to_owned(),
        E::ExpectedIdentifier => "expected a word".to_owned(),
        E::ExpectedOption => "expected a value or None".to_owned(),
        E::ExpectedMap => "expected a table in { }".to_owned(),
        E::ExpectedArray => "expected a list in [ ]".to_owned(),
        E::ExpectedStructLike => "expected `(`".to_owned(),
        E::ExpectedDifferentStructName { expected: HEADER, found } => {
            format!("the file must begin with `(`, then `format` and `version`, and not with “{found}”")
        }
        E::ExpectedMapColon => "expected a colon".to_owned(),
        other => {
            // The crate's own wording, begun in lower case as ours is.
            let text = other.to_string();
            let mut chars = text.chars();
            chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
        }
    }
}

/// `; did you mean “x”?`, or all that is known if nothing is near and there are few.
fn nearest_or_all(found: &str, known: &[&str]) -> String {
    let hint = nearest(found, known.iter().copied());
    if hint.is_empty() && !known.is_empty() { format!("; known are {}", known.join(", ")) } else { hint }
}

/// `; did you mean “x”?` for the known name nearest to `found`, or nothing if none is near.
pub(crate) fn nearest<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest_name(found, known).map(|name| format!("; did you mean “{name}”?")).unwrap_or_default()
}

/// The known name nearest to `found`, whatever the case; of equally near ones the first by name.
pub(crate) fn nearest_name<'a>(found: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Below this two names have nothing to do with each other.
    const NEAR: f64 = 0.8;
    let found = found.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for name in known {
        let likeness = strsim::jaro_winkler(&found, &name.to_lowercase());
        let nearer = best.is_none_or(|(most, first)| likeness > most || (likeness == most && name < first));
        if likeness >= NEAR && nearer {
            best = Some((likeness, name));
        }
    }
    best.map(|(_, name)| name)
}
