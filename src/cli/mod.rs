//! The command line: arguments, dispatch, exit codes.
//!
//! Data goes to stdout; progress and diagnostics go to stderr. Exit codes: 0 fine, 1 a check,
//! lint or address found bad, 2 usage or input that cannot be used, 130 cancelled. When whoever
//! reads stdout goes away, the program ends in silence.

mod address;
mod args;
mod compare;
mod import;
mod lint;
mod load;
mod open;
mod people;
mod progress;
mod signal;
mod simulate;
mod why;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

pub use args::{Arguments, Command, Format};

/// How a command went, when nothing stopped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing is wrong with what was looked at.
    Fine,
    /// A lint or an address was found bad.
    Bad,
    /// Some of the input could not be used, which was said; the rest was.
    Partial,
}

/// The user pressed Ctrl-C.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("cancelled")]
struct Cancelled;

const BAD: u8 = 1;
const UNUSABLE: u8 = 2;
const CANCELLED: u8 = 130;

/// Runs the program as its arguments say.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => return usage(&told),
    };
    signal::listen();
    match run(&arguments) {
        Ok(Verdict::Fine) => ExitCode::SUCCESS,
        Ok(Verdict::Bad) => ExitCode::from(BAD),
        Ok(Verdict::Partial) => ExitCode::from(UNUSABLE),
        Err(error) => exit_code_of(&error),
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<Verdict> {
    let stdout = io::stdout();
    let mut out = io::BufWriter::new(stdout.lock());
    let verdict = match &arguments.command {
        None => open::run(arguments.workspace.as_deref(), &mut out),
        Some(Command::Simulate(arguments)) => simulate::run(arguments, &mut out),
        Some(Command::Compare(arguments)) => compare::run(arguments, &mut out),
        Some(Command::People(arguments)) => people::run(arguments, &mut out),
        Some(Command::Why(arguments)) => why::run(arguments, &mut out),
        Some(Command::Lint(arguments)) => lint::run(arguments, &mut out),
        Some(Command::Import(arguments)) => import::run(arguments, &mut out),
        Some(Command::Address(arguments)) => address::run(arguments, &mut out),
    }?;
    out.flush()?;
    Ok(verdict)
}

/// Prints what was asked for instead of work (help, the version), or what is wrong with the
/// arguments.
fn usage(told: &clap::Error) -> ExitCode {
    match told.print() {
        Ok(()) if told.use_stderr() => ExitCode::from(UNUSABLE),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit_code_of(&error.into()),
    }
}

/// Says what went wrong, once, and which code that is.
fn exit_code_of(error: &anyhow::Error) -> ExitCode {
    let broken_pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(broken_pipe) {
        return ExitCode::SUCCESS;
    }
    if error.is::<Cancelled>() {
        say("cancelled");
        return ExitCode::from(CANCELLED);
    }
    say(&format!("error: {}", told(error)));
    ExitCode::from(UNUSABLE)
}

/// An error with its causes. A message that quotes its cause is not told twice.
fn told(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(&cause);
        }
    }
    text
}

/// Writes a line for people to stderr. Nobody may be listening, and that is no error.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
