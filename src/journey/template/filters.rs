//! Filters: the standard ones, each paid for; and our own where a standard one could overflow,
//! grow without bound, trip over an absent value or ask the wall clock.

use std::fmt;

use chrono::{DateTime, Utc, format::StrftimeItems};
use liquid::{
    ValueView,
    model::{DateTime as LiquidDateTime, ScalarCow, Value, ValueCow},
};
use liquid_core::{
    Error, Expression, Filter, FilterReflection, Language, ParseFilter, Result, Runtime,
    parser::{FilterArguments, ParameterReflection},
};
use liquid_lib::stdlib;

use super::{
    budget::{Budget, budget_of, weight},
    scope::ABSENT,
};
use crate::recording::time::parse_instant_ms;

/// Name of the filter that every output ends with: it sees whether nothing is printed.
pub(super) const PRINT: &str = "throughline_print";

/// Registers every filter.
pub(super) fn register(language: &mut Language) {
    macro_rules! standard {
        ($($filter:ident)*) => { [$(Box::new(stdlib::$filter) as Box<dyn ParseFilter>),*] };
    }
    let standard = standard![
        Abs Append AtLeast AtMost Capitalize Ceil Compact Concat Default DividedBy Downcase Escape
        EscapeOnce First Floor Last Lstrip Map Minus Modulo NewlineToBr Plus Prepend Remove
        RemoveFirst ReplaceFirst Reverse Round Rstrip Size SortNatural Strip StripHtml
        StripNewlines Times Truncate TruncateWords Uniq Upcase UrlDecode UrlEncode Where
    ];
    for inner in standard {
        let name = inner.reflection().name().to_owned();
        language.filters.register(name, Box::new(Paid { inner }));
    }
    for own in &OWN {
        language.filters.register(own.name.to_owned(), Box::new(own));
    }
}

/// A standard filter whose work is paid for.
#[derive(Clone)]
struct Paid {
    inner: Box<dyn ParseFilter>,
}

impl ParseFilter for Paid {
    fn parse(&self, arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let positional: Vec<Expression> = arguments.positional.collect();
        let operand = positional.first().cloned();
        let arguments =
            FilterArguments { positional: Box::new(positional.into_iter()), keyword: arguments.keyword };
        let name = Arithmetic::of(self.inner.reflection().name());
        let squares = self.inner.reflection().name() == "uniq";
        Ok(Box::new(PaidFilter { inner: self.inner.parse(arguments)?, arithmetic: name, operand, squares }))
    }
    fn reflection(&self) -> &dyn FilterReflection {
        self.inner.reflection()
    }
}

#[derive(Debug)]
struct PaidFilter {
    inner: Box<dyn Filter>,
    arithmetic: Option<Arithmetic>,
    operand: Option<Expression>,
    /// Compares every element with every other.
    squares: bool,
}

impl fmt::Display for PaidFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Filter for PaidFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let budget = budget_of(runtime);
        budget.charge(weight(input))?;
        if self.squares {
            let size = input.as_array().map_or(0, |array| array.size().unsigned_abs());
            budget.charge(size.saturating_mul(size))?;
        }
        let zero = Value::scalar(0_i64);
        let input: &dyn ValueView = match (input.is_nil(), self.arithmetic) {
            (true, Some(_)) => &zero,
            (true, None) => &ABSENT,
            (false, _) => input,
        };
        if let Some(arithmetic) = self.arithmetic {
            arithmetic.check(input, self.operand.as_ref(), runtime)?;
        }
        let value = self.inner.evaluate(input, runtime)?;
        budget.charge_value(weight(&value))?;
        Ok(value)
    }
}

/// Filters that compute with whole numbers and must not overflow.
#[derive(Clone, Copy, Debug)]
enum Arithmetic {
    Abs,
    Plus,
    Minus,
    Times,
    DividedBy,
    Modulo,
}

impl Arithmetic {
    fn of(name: &str) -> Option<Self> {
        match name {
            "abs" => Some(Self::Abs),
            "plus" => Some(Self::Plus),
            "minus" => Some(Self::Minus),
            "times" => Some(Self::Times),
            "divided_by" => Some(Self::DividedBy),
            "modulo" => Some(Self::Modulo),
            _ => None,
        }
    }
    /// Refuses what would overflow or divide by zero.
    fn check(self, input: &dyn ValueView, operand: Option<&Expression>, runtime: &dyn Runtime) -> Result<()> {
        let Some(a) = input.as_scalar().and_then(|scalar| scalar.to_integer()) else { return Ok(()) };
        let operand = operand.map(|operand| operand.evaluate(runtime)).transpose()?;
        let b = operand.and_then(|operand| operand.as_scalar().and_then(|scalar| scalar.to_integer()));
        let result = match (self, b) {
            (Self::Abs, _) => a.checked_abs(),
            (_, None) => return Ok(()),
            (Self::Plus, Some(b)) => a.checked_add(b),
            (Self::Minus, Some(b)) => a.checked_sub(b),
            (Self::Times, Some(b)) => a.checked_mul(b),
            (Self::DividedBy | Self::Modulo, Some(0)) => {
                return Err(Error::with_msg("a number is divided by zero"));
            }
            (Self::DividedBy, Some(b)) => a.checked_div(b),
            (Self::Modulo, Some(b)) => a.checked_rem(b),
        };
        result.map(|_| ()).ok_or_else(|| Error::with_msg("a number is too large"))
    }
}

/// A filter of our own.
struct Own {
    name: &'static str,
    /// Fewest and most arguments.
    arguments: (usize, usize),
    run: fn(&Call<'_>) -> Result<Value>,
}

/// One use of a filter of our own while rendering.
struct Call<'c> {
    input: &'c dyn ValueView,
    arguments: &'c [Value],
    budget: &'c Budget,
}

static OWN: [Own; 7] = [
    Own { name: PRINT, arguments: (1, 1), run: print },
    Own { name: "date", arguments: (0, 1), run: date },
    Own { name: "join", arguments: (0, 1), run: join },
    Own { name: "replace", arguments: (1, 2), run: replace },
    Own { name: "slice", arguments: (1, 2), run: slice },
    Own { name: "sort", arguments: (0, 1), run: sort },
    Own { name: "split", arguments: (1, 1), run: split },
];

impl FilterReflection for Own {
    fn name(&self) -> &str {
        self.name
    }
    #[allow(clippy::unnecessary_literal_bound)] // the trait's signature
    fn description(&self) -> &str {
        ""
    }
    fn positional_parameters(&self) -> &'static [ParameterReflection] {
        &[]
    }
    fn keyword_parameters(&self) -> &'static [ParameterReflection] {
        &[]
    }
}

impl ParseFilter for &'static Own {
    fn parse(&self, mut arguments: FilterArguments<'_>) -> Result<Box<dyn Filter>> {
        let positional: Vec<Expression> = arguments.positional.collect();
        let (fewest, most) = self.arguments;
        if positional.len() < fewest || positional.len() > most || arguments.keyword.next().is_some() {
            return Err(Error::with_msg(format!("“{}” has too many or too few arguments", self.name)));
        }
        Ok(Box::new(OwnFilter { own: self, arguments: positional }))
    }
    fn reflection(&self) -> &dyn FilterReflection {
        *self
    }
}

struct OwnFilter {
    own: &'static Own,
    arguments: Vec<Expression>,
}

impl fmt::Debug for OwnFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.own.name)
    }
}

impl fmt::Display for OwnFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.own.name)
    }
}

impl Filter for OwnFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let budget = budget_of(runtime);
        budget.charge(weight(input))?;
        let arguments =
            self.arguments.iter().map(|argument| argument.evaluate(runtime).map(ValueCow::into_owned));
        let arguments = arguments.collect::<Result<Vec<Value>>>()?;
        let value = (self.own.run)(&Call { input, arguments: &arguments, budget: &budget })?;
        budget.charge_value(weight(&value))?;
        Ok(value)
    }
}

impl Call<'_> {
    /// An argument as text; `default` if it was not given.
    fn text(&self, at: usize, default: &str) -> String {
        self.arguments.get(at).map_or_else(|| default.to_owned(), |value| value.to_kstr().into_string())
    }
    fn whole(&self, at: usize) -> Result<Option<i64>> {
        let Some(value) = self.arguments.get(at) else { return Ok(None) };
        let number = value.as_scalar().and_then(|scalar| scalar.to_integer());
        number.map(Some).ok_or_else(|| Error::with_msg("a whole number is needed"))
    }
}

/// Ends every output: printing nothing because a variable is absent is noted.
fn print(call: &Call<'_>) -> Result<Value> {
    if call.input.is_nil() {
        let output = call.whole(0)?.and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
        call.budget.print_missing(output)?;
    }
    Ok(call.input.to_value())
}

/// Formats an instant. `now` and `today` are the virtual clock; text that is no instant stays.
fn date(call: &Call<'_>) -> Result<Value> {
    let Some(scalar) = call.input.as_scalar() else { return Ok(call.input.to_value()) };
    let (Some(instant), format) = (instant_of(&scalar, call.budget.now_ms()), call.text(0, "")) else {
        return Ok(call.input.to_value());
    };
    if format.is_empty() {
        return Ok(call.input.to_value());
    }
    let items = StrftimeItems::new(&format).parse();
    let items = items.map_err(|_| Error::with_msg(format!("“{format}” is no date format")))?;
    // A format expands to at most some forty characters for each of its items.
    call.budget.charge(items.len() as u64 * 40)?;
    Ok(Value::scalar(instant.format_with_items(items.iter()).to_string()))
}

fn instant_of(scalar: &ScalarCow<'_>, now_ms: i64) -> Option<DateTime<chrono::FixedOffset>> {
    let text = scalar.to_kstr();
    let text = text.trim();
    let ms = if matches!(text.to_lowercase().as_str(), "now" | "today") {
        now_ms
    } else if let Some(ms) = parse_instant_ms(text) {
        ms
    } else {
        // The other forms Liquid reads (`13 Jun 2016 02:30:00 +0300`), all with their own offset.
        let read = LiquidDateTime::from_str(text)?;
        read.unix_timestamp().checked_mul(1000)?
    };
    DateTime::<Utc>::from_timestamp_millis(ms).map(|instant| instant.fixed_offset())
}

fn join(call: &Call<'_>) -> Result<Value> {
    let separator = call.text(0, " ");
    if call.input.is_nil() {
        return Ok(Value::scalar(""));
    }
    let Some(array) = call.input.as_array() else {
        return Ok(Value::scalar(call.input.to_kstr().into_string()));
    };
    call.budget.charge_value(weight(call.input) + array.size().unsigned_abs() * separator.len() as u64)?;
    let texts: Vec<String> = array.values().map(|value| value.to_kstr().into_string()).collect();
    Ok(Value::scalar(texts.join(&separator)))
}

fn replace(call: &Call<'_>) -> Result<Value> {
    let text = call.input.to_kstr();
    let (search, with) = (call.text(0, ""), call.text(1, ""));
    let matches = text.matches(search.as_str()).count() as u64;
    call.budget.charge_value(text.len() as u64 + matches * with.len() as u64)?;
    Ok(Value::scalar(text.replace(search.as_str(), &with)))
}

fn split(call: &Call<'_>) -> Result<Value> {
    let text = call.input.to_kstr();
    if text.is_empty() {
        return Ok(Value::Array(Vec::new()));
    }
    let separator = call.text(0, "");
    let pieces = if separator.is_empty() { text.len() } else { text.matches(separator.as_str()).count() + 1 };
    call.budget.charge_value(text.len() as u64 + pieces as u64 * 32)?;
    let pieces: Vec<Value> = if separator.is_empty() {
        text.chars().map(|c| Value::scalar(c.to_string())).collect()
    } else {
        text.split(separator.as_str()).map(|piece| Value::scalar(piece.to_owned())).collect()
    };
    Ok(Value::Array(pieces))
}

fn slice(call: &Call<'_>) -> Result<Value> {
    let length = call.whole(1)?.unwrap_or(1).max(0);
    let size = match call.input.as_array() {
        Some(array) => array.size(),
        None => call.input.to_kstr().chars().count() as i64,
    };
    let offset = call.whole(0)?.unwrap_or(0);
    // A negative offset counts from the end.
    let from = if offset < 0 { offset.saturating_add(size) } else { offset };
    let length = if from < 0 { 0 } else { length };
    let (from, length) = (from.max(0) as usize, length as usize);
    Ok(match call.input.as_array() {
        Some(array) => {
            Value::Array(array.values().skip(from).take(length).map(ValueView::to_value).collect())
        }
        None => Value::scalar(call.input.to_kstr().chars().skip(from).take(length).collect::<String>()),
    })
}

/// Numbers before text, each in order; what is nil or neither comes last. A total order, which
/// sorting needs.
#[allow(clippy::unnecessary_wraps)] // the signature of every filter
fn sort(call: &Call<'_>) -> Result<Value> {
    let property = call.arguments.first().map(|value| value.to_kstr().into_string());
    let mut items: Vec<(SortKey, Value)> = match call.input.as_array() {
        Some(array) => {
            array.values().map(|value| (sort_key(value, property.as_deref()), value.to_value())).collect()
        }
        None => return Ok(Value::Array(vec![call.input.to_value()])),
    };
    items.sort_by(|(a, _), (b, _)| {
        a.0.cmp(&b.0).then_with(|| a.1.total_cmp(&b.1)).then_with(|| a.2.cmp(&b.2))
    });
    Ok(Value::Array(items.into_iter().map(|(_, value)| value).collect()))
}

/// Kind, number, text.
struct SortKey(u8, f64, String);

fn sort_key(value: &dyn ValueView, property: Option<&str>) -> SortKey {
    let key = match property {
        Some(property) => value.as_object().and_then(|object| object.get(property)),
        None => Some(value),
    };
    let Some(scalar) = key.and_then(ValueView::as_scalar) else { return SortKey(2, 0.0, String::new()) };
    let is_text = scalar.type_name() == "string";
    match scalar.to_float().filter(|_| !is_text) {
        Some(number) => SortKey(0, number, String::new()),
        None => SortKey(1, 0.0, scalar.to_kstr().into_string()),
    }
}
