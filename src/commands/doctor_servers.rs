//! What `medalign doctor` says of the servers that models were asked at.
//!
//! In: the environment, the settings beside a dataset's answers. Out: where records went or would go, and whether the key is there. Never: a
//! key, a connection.

use std::path::Path;

use super::doctor::DoctorReport;
use crate::error::Result;
use crate::infer::answers;
use crate::infer::client::place::{Endpoint, Key, KeyPlace};
use crate::infer::system::System;
use crate::text;

/// The variables by which an environment names a proxy.
const PROXIES: [&str; 6] = [
    "ALL_PROXY",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "all_proxy",
    "https_proxy",
    "http_proxy",
];

/// Says whether the environment names a proxy.
pub(super) fn network(
    report: &mut DoctorReport<'_>,
    var: impl Fn(&str) -> Option<String>,
) -> Result<()> {
    let set = PROXIES.into_iter().find(|name| var(name).is_some());
    let what = match set {
        None => {
            "only `medalign infer` opens connections, to the servers that it is told".to_owned()
        }
        Some(name) => format!(
            "only `medalign infer` opens connections; {name} is set and is not used, unless a run file says proxy = true"
        ),
    };
    report.line("network", &what)
}

/// Says which systems answered beside a dataset, where they are, and whether their keys are there.
pub(super) fn servers(
    report: &mut DoctorReport<'_>,
    root: &Path,
    var: impl Fn(&str) -> Option<String> + Copy,
) -> Result<()> {
    for found in answers::systems(root) {
        match found {
            Ok((system, agreed)) => {
                let (what, fine) = told(&system, agreed.as_deref(), var);
                report.checked("model", &text::safe(&what), fine)?;
            }
            Err(error) => {
                let hint = error.hint_text().unwrap_or_default();
                report.checked("model", &format!("{error}; {hint}"), false)?;
            }
        }
    }
    Ok(())
}

fn told(
    system: &System,
    agreed: Option<&str>,
    var: impl Fn(&str) -> Option<String>,
) -> (String, bool) {
    let (place, where_) = match (&system.key_env, &system.key_file) {
        (Some(name), _) => (KeyPlace::Env(name.clone()), format!("the variable {name}")),
        (None, Some(path)) => (KeyPlace::File(path.clone()), path.display().to_string()),
        (None, None) => {
            return (format!("{}, no key", reached(system, agreed)), true);
        }
    };
    // Without its key the answers that are there can be read all the same.
    let (state, fine) = match Key::read(&place, var) {
        Ok(_) => ("is there".to_owned(), true),
        Err(_) if matches!(place, KeyPlace::Env(_)) => ("is not set here".to_owned(), true),
        Err(error) => {
            let hint = error.hint_text().unwrap_or_default();
            (format!("cannot be used: {error}; {hint}"), false)
        }
    };
    let what = format!("{}; its key, {where_}, {state}", reached(system, agreed));
    (what, fine)
}

/// Where a system is, and whether records leave this machine for it.
fn reached(system: &System, agreed: Option<&str>) -> String {
    let place = match Endpoint::parse(&system.endpoint) {
        Ok(endpoint) if endpoint.is_here() => format!("{endpoint} on this machine"),
        Ok(endpoint) if agreed == Some(endpoint.host()) => {
            format!("{endpoint}, where records were agreed to go")
        }
        Ok(endpoint) => format!("{endpoint}, not agreed to yet"),
        Err(_) => "an address that cannot be read".to_owned(),
    };
    format!("{}: {} at {place}", system.label, system.model)
}
