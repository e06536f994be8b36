//! Blocks of our own where the standard ones could run away or trip over an absent variable:
//! loops, captures and comments. Their syntax is the standard one.

use std::io::Write;

use liquid::{
    ValueView,
    model::{KString, Value, ValueCow},
};
use liquid_core::{
    BlockReflection, Error, Expression, Language, ParseBlock, Renderable, Result, Runtime, TagBlock,
    TagTokenIter, Template,
    error::ResultLiquidReplaceExt,
    parser::{BlockElement, TryMatchToken},
    runtime::{Interrupt, InterruptRegister},
};

use super::{
    budget::{Budget, MOST_RANGE, Output, budget_of, weight},
    scope::LoopFrame,
};

/// Declares a block by its words; `parse` is its own.
macro_rules! block {
    ($(#[$doc:meta])* $name:ident, $start:literal, $end:literal, $parse:path) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(super) struct $name;

        #[allow(clippy::unnecessary_literal_bound)] // the trait's signatures
        impl BlockReflection for $name {
            fn start_tag(&self) -> &str {
                $start
            }
            fn end_tag(&self) -> &str {
                $end
            }
            fn description(&self) -> &str {
                ""
            }
        }
        impl ParseBlock for $name {
            fn parse(
                &self,
                arguments: TagTokenIter<'_>,
                tokens: TagBlock<'_, '_>,
                options: &Language,
            ) -> Result<Box<dyn Renderable>> {
                $parse(arguments, tokens, options)
            }
            fn reflection(&self) -> &dyn BlockReflection {
                self
            }
        }
    };
}

block!(
    /// `{% for x in list %}…{% else %}…{% endfor %}`
    ForBlock, "for", "endfor", parse_for
);
block!(
    /// `{% tablerow x in list cols: 2 %}…{% endtablerow %}`
    TableRowBlock, "tablerow", "endtablerow", parse_table_row
);
block!(
    /// `{% capture name %}…{% endcapture %}`
    CaptureBlock, "capture", "endcapture", parse_capture
);
block!(
    /// `{% ifchanged %}…{% endifchanged %}`
    IfChangedBlock, "ifchanged", "endifchanged", parse_if_changed
);
block!(
    /// `{% comment %}…{% endcomment %}`
    CommentBlock, "comment", "endcomment", parse_comment
);

/// What a loop goes over, and how.
#[derive(Debug)]
struct Loop {
    variable: KString,
    over: Over,
    limit: Option<Expression>,
    offset: Option<Expression>,
    cols: Option<Expression>,
    reversed: bool,
}

#[derive(Debug)]
enum Over {
    List(Expression),
    Range(Expression, Expression),
}

impl Loop {
    fn parse(arguments: &mut TagTokenIter<'_>, is_table: bool) -> Result<Self> {
        let variable = arguments.expect_next("a variable is missing")?.expect_identifier().into_result()?;
        let variable = KString::from_ref(variable);
        arguments.expect_next("“in” is missing")?.expect_str("in").into_result()?;
        let over = arguments.expect_next("a list or range is missing")?;
        let over = match over.expect_value() {
            TryMatchToken::Matches(list) => Over::List(list),
            TryMatchToken::Fails(token) => match token.expect_range() {
                TryMatchToken::Matches((from, to)) => Over::Range(from, to),
                TryMatchToken::Fails(token) => return Err(token.raise_error()),
            },
        };
        let mut parsed = Self { variable, over, limit: None, offset: None, cols: None, reversed: false };
        while let Some(token) = arguments.next() {
            match token.as_str() {
                "limit" => parsed.limit = Some(attribute(arguments)?),
                "offset" => parsed.offset = Some(attribute(arguments)?),
                "cols" if is_table => parsed.cols = Some(attribute(arguments)?),
                "reversed" if !is_table => parsed.reversed = true,
                _ => return Err(token.raise_custom_error("“limit”, “offset”, “cols” or “reversed” expected")),
            }
        }
        Ok(parsed)
    }

    /// The elements, bounded.
    fn elements<'r>(&'r self, runtime: &'r dyn Runtime, budget: &Budget) -> Result<Vec<Value>> {
        let mut elements = match &self.over {
            Over::List(list) => {
                let list = list.evaluate(runtime)?;
                budget.charge(weight(list.as_view()))?;
                list_of(list)?
            }
            Over::Range(from, to) => range_of(whole(from, runtime)?, whole(to, runtime)?, budget)?,
        };
        let offset = optional_whole(self.offset.as_ref(), runtime)?.unwrap_or(0).min(elements.len());
        elements.drain(..offset);
        if let Some(limit) = optional_whole(self.limit.as_ref(), runtime)? {
            elements.truncate(limit);
        }
        if elements.len() as i64 > MOST_RANGE {
            return budget.exceed(format!("a loop goes over more than {MOST_RANGE} elements"));
        }
        if self.reversed {
            elements.reverse();
        }
        Ok(elements)
    }
}

fn range_of(from: i64, to: i64, budget: &Budget) -> Result<Vec<Value>> {
    if to.saturating_sub(from).saturating_add(1) > MOST_RANGE {
        return budget.exceed(format!("the range ({from}..{to}) has more than {MOST_RANGE} numbers"));
    }
    Ok((from..=to).map(Value::scalar).collect())
}

fn list_of(list: ValueCow<'_>) -> Result<Vec<Value>> {
    let view = list.as_view();
    if view.is_nil() || view.is_state() {
        return Ok(Vec::new());
    }
    match list.into_owned() {
        Value::Array(items) => Ok(items),
        Value::Object(fields) => {
            Ok(fields.into_iter().map(|(key, value)| Value::Array(vec![Value::scalar(key), value])).collect())
        }
        other => Err(Error::with_msg(format!("a loop needs a list, found {}", other.type_name()))),
    }
}

fn attribute(arguments: &mut TagTokenIter<'_>) -> Result<Expression> {
    arguments.expect_next("“:” is missing")?.expect_str(":").into_result()?;
    arguments.expect_next("a value is missing")?.expect_value().into_result()
}

fn whole(expression: &Expression, runtime: &dyn Runtime) -> Result<i64> {
    let value = expression.evaluate(runtime)?;
    if value.is_nil() {
        return Ok(0);
    }
    let number = value
        .as_scalar()
        .and_then(|scalar| scalar.to_integer().or_else(|| scalar.to_float().map(|number| number as i64)));
    number.ok_or_else(|| Error::with_msg(format!("a whole number is needed, found “{}”", value.source())))
}

fn optional_whole(expression: Option<&Expression>, runtime: &dyn Runtime) -> Result<Option<usize>> {
    let number = expression.map(|expression| whole(expression, runtime)).transpose()?;
    Ok(number.map(|number| usize::try_from(number).unwrap_or(0)))
}

#[derive(Debug)]
struct For {
    over: Loop,
    body: Template,
    otherwise: Option<Template>,
}

fn parse_for(
    mut arguments: TagTokenIter<'_>,
    mut tokens: TagBlock<'_, '_>,
    options: &Language,
) -> Result<Box<dyn Renderable>> {
    let over = Loop::parse(&mut arguments, false)?;
    let mut body = Vec::new();
    let mut otherwise = None;
    while let Some(element) = tokens.next()? {
        match element {
            BlockElement::Tag(mut tag) if tag.name() == "else" => {
                tag.tokens().expect_nothing()?;
                otherwise = Some(Template::new(tokens.parse_all(options)?));
            }
            element => body.push(element.parse(&mut tokens, options)?),
        }
    }
    tokens.assert_empty();
    Ok(Box::new(For { over, body: Template::new(body), otherwise }))
}

impl Renderable for For {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let budget = budget_of(runtime);
        let elements = self.over.elements(runtime, &budget)?;
        if elements.is_empty() {
            return self.otherwise.as_ref().map_or(Ok(()), |otherwise| otherwise.render_to(writer, runtime));
        }
        let count = elements.len() as i64;
        for (index, value) in (0_i64..).zip(&elements) {
            budget.step()?;
            let frame = LoopFrame {
                parent: runtime,
                budget: &budget,
                variable: &self.over.variable,
                value,
                loop_name: "forloop",
                loop_value: position(index, count),
            };
            self.body.render_to(writer, &frame)?;
            let interrupt = runtime.registers().get_mut::<InterruptRegister>().reset();
            if interrupt == Some(Interrupt::Break) {
                break;
            }
        }
        Ok(())
    }
}

/// What `forloop` and `tablerow` share.
fn position(index: i64, count: i64) -> liquid::Object {
    liquid::object!({
        "length": count,
        "index0": index,
        "index": index + 1,
        "rindex0": count - index - 1,
        "rindex": count - index,
        "first": index == 0,
        "last": index == count - 1,
    })
}

#[derive(Debug)]
struct TableRow {
    over: Loop,
    body: Template,
}

fn parse_table_row(
    mut arguments: TagTokenIter<'_>,
    mut tokens: TagBlock<'_, '_>,
    options: &Language,
) -> Result<Box<dyn Renderable>> {
    let over = Loop::parse(&mut arguments, true)?;
    let body = Template::new(tokens.parse_all(options)?);
    tokens.assert_empty();
    Ok(Box::new(TableRow { over, body }))
}

impl Renderable for TableRow {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let budget = budget_of(runtime);
        let elements = self.over.elements(runtime, &budget)?;
        let count = elements.len() as i64;
        let cols = optional_whole(self.over.cols.as_ref(), runtime)?.map_or(count, |cols| cols as i64).max(1);
        for (index, value) in (0_i64..).zip(&elements) {
            budget.step()?;
            let col = index % cols;
            let (first, last) = (col == 0, col == cols - 1 || index == count - 1);
            let mut loop_value = position(index, count);
            loop_value.extend(liquid::object!({
                "col0": col, "col": col + 1, "col_first": first, "col_last": last,
            }));
            if first {
                write(writer, &format!("<tr class=\"row{}\">", index / cols + 1))?;
            }
            write(writer, &format!("<td class=\"col{}\">", col + 1))?;
            let frame = LoopFrame {
                parent: runtime,
                budget: &budget,
                variable: &self.over.variable,
                value,
                loop_name: "tablerow",
                loop_value,
            };
            self.body.render_to(writer, &frame)?;
            write(writer, if last { "</td></tr>" } else { "</td>" })?;
            let interrupt = runtime.registers().get_mut::<InterruptRegister>().reset();
            if interrupt == Some(Interrupt::Break) {
                break;
            }
        }
        Ok(())
    }
}

fn write(writer: &mut dyn Write, text: &str) -> Result<()> {
    writer.write_all(text.as_bytes()).replace("the text could not be written")
}

#[derive(Debug)]
struct Capture {
    name: KString,
    body: Template,
}

fn parse_capture(
    mut arguments: TagTokenIter<'_>,
    mut tokens: TagBlock<'_, '_>,
    options: &Language,
) -> Result<Box<dyn Renderable>> {
    let name = arguments.expect_next("a variable is missing")?.expect_identifier().into_result()?;
    let name = KString::from_ref(name);
    arguments.expect_nothing()?;
    let body = Template::new(tokens.parse_all(options)?);
    tokens.assert_empty();
    Ok(Box::new(Capture { name, body }))
}

impl Renderable for Capture {
    fn render_to(&self, _writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let text = captured(&self.body, runtime)?;
        runtime.set_global(self.name.clone(), Value::scalar(text));
        Ok(())
    }
}

/// Renders a body into a text of its own, paid for like any other value.
fn captured(body: &Template, runtime: &dyn Runtime) -> Result<String> {
    let budget = budget_of(runtime);
    let mut output = Output::new(std::rc::Rc::clone(&budget));
    body.render_to(&mut output, runtime)?;
    let text = output.into_text();
    budget.charge_value(text.len() as u64)?;
    Ok(text)
}

#[derive(Debug)]
struct IfChanged {
    body: Template,
}

/// What an `ifchanged` block showed last.
#[derive(Default)]
struct Shown(Option<String>);

fn parse_if_changed(
    mut arguments: TagTokenIter<'_>,
    mut tokens: TagBlock<'_, '_>,
    options: &Language,
) -> Result<Box<dyn Renderable>> {
    arguments.expect_nothing()?;
    let body = Template::new(tokens.parse_all(options)?);
    tokens.assert_empty();
    Ok(Box::new(IfChanged { body }))
}

impl Renderable for IfChanged {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let text = captured(&self.body, runtime)?;
        let before = runtime.registers().get_mut::<Shown>().0.replace(text.clone());
        if before.as_ref() == Some(&text) { Ok(()) } else { write(writer, &text) }
    }
}

#[derive(Debug)]
struct Nothing;

fn parse_comment(
    mut arguments: TagTokenIter<'_>,
    mut tokens: TagBlock<'_, '_>,
    _options: &Language,
) -> Result<Box<dyn Renderable>> {
    arguments.expect_nothing()?;
    tokens.escape_liquid(true)?;
    tokens.assert_empty();
    Ok(Box::new(Nothing))
}

impl Renderable for Nothing {
    fn render_to(&self, _writer: &mut dyn Write, _runtime: &dyn Runtime) -> Result<()> {
        Ok(())
    }
}
