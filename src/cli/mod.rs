//! The command line: one file per subcommand, and the exit codes.
//!
//! Turns words into calls of the floors below and values into output. Must not judge anything itself.

mod arguments;
mod as_class;
mod calibrate;
mod class_file;
mod compare;
mod doctor;
mod exit;
mod following;
mod formats;
mod grade;
mod gradebook;
mod init;
mod list;
mod merge;
mod platform;
mod printer;
mod record;
mod run;
mod selection;
mod show;
mod target;

use std::io::{IsTerminal, Write};

use clap::{CommandFactory, Parser};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::diagnostic::{Diagnostic, Language};
use crate::report::{Problem, Style};

use arguments::{Arguments, Command};
pub use exit::Exit;

/// Reads the command line, does what it says, and says how it went.
pub fn main() -> Exit {
    raise_limit();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no mistakes.
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Passed
            };
            let _ = error.print();
            return exit;
        }
    };
    let style = style(&arguments);
    match arguments.command {
        Command::Run(options) => run::run(&options, &style),
        Command::Compare(options) => compare::compare(&options, &style),
        Command::Grade(options) => grade::grade(&options, &style),
        Command::Init(options) => init::init(&options, &style),
        Command::Gradebook(options) => gradebook::gradebook(&options, &style),
        Command::Merge(options) => merge::merge(&options, &style),
        Command::Record(options) => record::record(&options, &style),
        Command::Calibrate(options) => calibrate::calibrate(&options, &style),
        Command::Lint(options) => list::lint(&options.targets, &style),
        Command::List(options) => list::list(&options.targets, &style),
        Command::Schema { which } => {
            use crate::scenario::{SchemaKind, schema};
            use arguments::Which;
            let schema = match which {
                Which::Lab => schema(SchemaKind::Lab),
                Which::Scenario => schema(SchemaKind::Scenario),
                Which::Submission => schema(SchemaKind::Submission),
                Which::Report => crate::report::json_schema(),
                Which::Class => crate::report::class_schema(),
                Which::Roll => crate::report::roll_schema(),
                Which::Doctor => crate::report::checkup_schema(),
            };
            print(&format!("{schema:#}\n"))
        }
        Command::Show(options) => show::show(&options, &style),
        Command::Doctor { json } => doctor::doctor(json, &style),
        Command::Reference { name, arguments } => {
            list::reference(name.as_deref(), &arguments, &style)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "viva", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    }
}

/// Several scenarios at a time, with dozens of connections each, need more descriptors than select(2) can watch, which is what most systems begin
/// with. Programs have a limit of their own.
fn raise_limit() {
    const WANTED: u64 = 16_384;
    let present = getrlimit(Resource::Nofile);
    let wanted = present.maximum.map_or(WANTED, |most| most.min(WANTED));
    if present.current.is_some_and(|current| current < wanted) {
        let limit = Rlimit {
            current: Some(wanted),
            ..present
        };
        // Who may not have more does with less.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// Writes to standard output; a reader that has gone away (`| head`) is nobody's mistake.
fn print(text: &str) -> Exit {
    let mut output = std::io::stdout().lock();
    match output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
    {
        Ok(()) => Exit::Passed,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(_) => Exit::Trouble,
    }
}

/// Writes to standard error. Where nobody listens, the exit code still says it.
fn eprint(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Says on standard error what is wrong; what that means for the exit code.
fn complain(problem: &Problem, style: &Style) -> Exit {
    eprint(&crate::report::problem(problem, style));
    match problem.is_the_users() {
        true => Exit::Usage,
        false => Exit::Trouble,
    }
}

/// The same for what is wrong in files and texts.
fn complain_of(diagnostics: &[Diagnostic], style: &Style) {
    eprint(&crate::report::diagnostics(diagnostics, style));
}

/// What everything of Viva that waits is run by.
fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.map_err(|error| Problem::System {
        doing: "runtime".to_owned(),
        message: error.to_string(),
    })
}

fn style(arguments: &Arguments) -> Style {
    let language = arguments.lang.unwrap_or_else(|| {
        // locale(7): the first of these that is set counts.
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        if locale.is_some_and(|locale| locale.starts_with("zh")) {
            Language::Chinese
        } else {
            Language::English
        }
    });
    let terminal = std::io::stdout().is_terminal();
    // https://no-color.org
    let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let width = if terminal {
        rustix::termios::tcgetwinsize(std::io::stdout()).map_or(0, |size| usize::from(size.ws_col))
    } else {
        0
    };
    Style {
        color,
        width: if width >= 60 { width.min(160) } else { 100 },
        language,
    }
}
