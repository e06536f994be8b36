//! What can be written on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::recording::Span;

/// Draw lifecycle journeys, replay recorded sessions through them, and see which messages would
/// fire, to whom, when, saying what, and if not, why not.
#[derive(Debug, Parser)]
#[command(name = "throughline", version, args_conflicts_with_subcommands = true, max_term_width = 100)]
pub struct Arguments {
    /// The workspace to open in the window. Default: this folder if it is a workspace, else
    /// `sample-journeys`.
    pub workspace: Option<PathBuf>,
    /// What to do instead of opening the window.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Replay recordings through journeys and print every message with its reasons.
    Simulate(SimulateArgs),
    /// Print who the platform thinks everybody in some recordings is.
    People(PeopleArgs),
    /// Replay twice and print which messages differ: two versions, platforms, seeds.
    Compare(CompareArgs),
    /// Say in plain words why a message reached somebody, or why not.
    Why(WhyArgs),
    /// Look for problems in a journey, or in every journey of a workspace.
    Lint(LintArgs),
    /// Import a recording into a workspace.
    Import(ImportArgs),
    /// Check email addresses.
    Address(AddressArgs),
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// For machines.
    Json,
}

/// How messages are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// For people.
    #[default]
    Table,
    /// For machines.
    Json,
    /// For spreadsheets; no cell can be a formula.
    Csv,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// A workspace, or one journey (which takes the workspace around it, if there is one).
    #[arg(value_name = "WORKSPACE|JOURNEY.ron")]
    pub target: PathBuf,
    /// A recording to replay instead of the workspace's own; may be given again.
    #[arg(long, value_name = "FILE")]
    pub recording: Vec<PathBuf>,
    /// A platform preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE.ron")]
    pub platform: Option<String>,
    /// Print only this journey's messages; all active journeys run all the same. May be given
    /// again.
    #[arg(long, value_name = "ID")]
    pub journey: Vec<String>,
    /// Seed of every random draw.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How long after the last event the replay goes on.
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    pub horizon: Span,
    /// Threads to use; 0: one for each core. The output is the same.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: usize,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: MessageFormat,
}

/// Arguments of `people`.
#[derive(Debug, Args)]
pub struct PeopleArgs {
    /// Recordings, read together.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// A platform preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE.ron", default_value = DEFAULT_PLATFORM)]
    pub platform: String,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `compare`.
#[derive(Debug, Args)]
pub struct CompareArgs {
    /// What is compared with: a workspace, or one journey (which takes the workspace around it).
    #[arg(value_name = "BEFORE")]
    pub before: PathBuf,
    /// What is compared: a workspace or a journey; the same again to compare platforms or seeds.
    #[arg(value_name = "AFTER")]
    pub after: PathBuf,
    /// A recording to replay in both instead of the workspaces' own; may be given again.
    #[arg(long, value_name = "FILE")]
    pub recording: Vec<PathBuf>,
    /// The platform of BEFORE: a preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE.ron")]
    pub platform_a: Option<String>,
    /// The platform of AFTER.
    #[arg(long, value_name = "NAME|FILE.ron")]
    pub platform_b: Option<String>,
    /// Seed of every random draw of BEFORE.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed_a: u64,
    /// Seed of every random draw of AFTER.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed_b: u64,
    /// How long after the last event the replays go on.
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    pub horizon: Span,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Arguments of `why`.
#[derive(Debug, Args)]
pub struct WhyArgs {
    /// Who: `email:ana@example.com`, or a value that only one person has.
    #[arg(value_name = "PERSON")]
    pub person: String,
    /// Which block of which journey, by id or name.
    #[arg(value_name = "JOURNEY/BLOCK")]
    pub block: String,
    /// The workspace. Default: this folder if it is a workspace, else `sample-journeys`.
    #[arg(long, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// A recording to replay instead of the workspace's own; may be given again.
    #[arg(long, value_name = "FILE")]
    pub recording: Vec<PathBuf>,
    /// A platform preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE.ron")]
    pub platform: Option<String>,
    /// Seed of every random draw.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// How long after the last event the replay goes on.
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    pub horizon: Span,
    /// Print it as a bug report in Markdown, with the smallest recording that still shows it.
    #[arg(long)]
    pub report: bool,
    /// What should have happened, for the bug report.
    #[arg(long, value_name = "TEXT", requires = "report")]
    pub expected: Option<String>,
}

/// Arguments of `lint`.
#[derive(Debug, Args)]
pub struct LintArgs {
    /// A journey file or a workspace.
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    /// A platform preset by name, or a preset file.
    #[arg(long, value_name = "NAME|FILE.ron")]
    pub platform: Option<String>,
}

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The recording: JSON Lines, a JSON array, or `{"batch": […]}`.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The workspace it goes into.
    #[arg(long, value_name = "DIR")]
    pub workspace: PathBuf,
}

/// Arguments of `address`.
#[derive(Debug, Args)]
pub struct AddressArgs {
    /// Addresses to check.
    #[arg(value_name = "ADDRESS", required = true)]
    pub addresses: Vec<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub use crate::workspace::DEFAULT_PLATFORM;
