//! The `medalign` program: parse the command line, call the library, turn the error's kind into an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use medalign::cli::Cli;
use medalign::commands;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Clap prints to the right stream; a closed pipe is nobody's error.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let result = commands::run(&cli, &mut out).and_then(|code| {
        out.flush().map_err(commands::output_failed)?;
        Ok(code)
    });
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = out.flush();
            if commands::is_closed_pipe(&error) {
                return ExitCode::SUCCESS;
            }
            let mut err = io::stderr().lock();
            let _ = writeln!(err, "medalign: {error}");
            if let Some(hint) = error.hint_text() {
                let _ = writeln!(err, "  to try: {hint}");
            }
            ExitCode::from(error.kind().exit_code())
        }
    }
}
