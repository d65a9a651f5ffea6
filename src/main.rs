//! The `medalign` program: parse the command line, call the library, turn the error's kind into an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use medalign::{Cli, Error, is_closed_pipe, output_failed, run, sink};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is nobody's error. Help and version are the program's own text; a complaint names what was
            // typed, which may be a file's name.
            if error.use_stderr() {
                let _ = write!(sink::stderr(), "{}", error.render());
                return ExitCode::from(2);
            }
            sink::stdout().tell_if_lost();
            let printed = error.print().and_then(|()| sink::stdout().flush());
            return match printed.map_err(output_failed) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed(&error),
            };
        }
    };
    let mut out = io::BufWriter::new(sink::stdout());
    let result = run(&cli, &mut out).and_then(|code| {
        out.flush().map_err(output_failed)?;
        Ok(code)
    });
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            // What was found is worth nothing where it could not be written.
            let flushed = out.flush().map_err(output_failed);
            failed(&flushed.err().unwrap_or(error))
        }
    }
}

/// Says what went wrong.
fn failed(error: &Error) -> ExitCode {
    if is_closed_pipe(error) {
        return ExitCode::SUCCESS;
    }
    let mut err = sink::stderr();
    let _ = writeln!(err, "medalign: {error}");
    if let Some(hint) = error.hint_text() {
        let _ = writeln!(err, "  to try: {hint}");
    }
    ExitCode::from(error.kind().exit_code())
}
