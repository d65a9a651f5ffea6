//! The commands as a shell sees them: what they print, where, and the exit code; what they make as others read it. No variable
//! of the caller's reaches them, but that tests which need `MEDALIGN_SHARED` or `MEDALIGN_PYTHON` say so and pass without.

#![allow(clippy::print_stdout)] // a skipped test says why

mod basics;
mod canary;
mod columns;
mod counts;
#[cfg(feature = "tui")]
mod demo;
mod details;
#[cfg(feature = "tui")]
mod doctor;
mod door;
mod earlier;
mod exchange;
mod export;
mod harness;
mod imports;
mod infer;
mod infer_changed;
mod infer_checked;
mod infer_faults;
mod infer_killed;
mod infer_length;
mod infer_llama;
mod judging;
#[cfg(feature = "tui")]
mod keys;
mod lead;
#[path = "../../src/loopback.rs"]
mod loopback;
mod notations;
mod outputs;
#[cfg(feature = "tui")]
mod paper;
mod pipes;
mod scores;
mod search;
#[cfg(feature = "tui")]
mod several;
#[path = "../../src/shared.rs"]
mod shared;
mod shell;

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use medalign::inside::dataset::Dataset;
use medalign::inside::review::{Act, Log, Reviewer, Scope, Session, Texts};

#[cfg(feature = "tui")]
use harness::judge;
use harness::{Ran, Shell};
