//! The client: one request to an OpenAI-compatible server, until it has an outcome with a name.
//!
//! In: an endpoint that was allowed, a body. Out: an outcome, or why the run cannot go on. What may pass is tried again, with pauses that
//! all workers share. Never: a redirect followed, a proxy of the environment used unasked, a body or a key in a message.
//!
//! [`place`] says where requests may go, [`pace`] how many at once, [`reply`] and [`fault`] what comes back means, [`wordings`] how servers put
//! it. What else is asked of
//! such servers (a judge's verdict, embeddings) goes through [`Client::post`] and [`Client::ask`], too.

mod failures;
pub(crate) mod fault;
pub(crate) mod pace;
pub(crate) mod place;
pub(crate) mod reply;
mod secrets;
pub(crate) mod wordings;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use crate::dataset::Outcome;
use crate::error::{Error, Result};
use crate::stats::hash;
use failures::Failures;
use fault::{Fault, Lack};
use pace::Pace;
use place::{Endpoint, Key};
use reply::{Meaning, Reply, Told};
use secrets::Secrets;
use wordings::Cause;

/// The largest reply that is read.
const LARGEST: u64 = 16 << 20;
/// What is said when there is no trusted connection.
const NO_TLS: &str = "the server's certificate is not trusted (ca_file names an authority of your own), or it does not speak TLS";
/// So many requests in a row of which nothing came, and the server is at fault, not they.
const IN_A_ROW: u64 = 3;

/// How a server is reached.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// Where it is.
    pub endpoint: Endpoint,
    /// The key, where one is needed.
    pub key: Option<Key>,
    /// The header that the key goes into; `authorization` has `Bearer` before it.
    pub key_header: String,
    /// How many requests at once.
    pub jobs: usize,
    /// How often a request is sent at most.
    pub tries: u32,
    /// The limit for connecting.
    pub connect: Duration,
    /// The limit until the reply begins.
    pub first_byte: Duration,
    /// The limit for all of it.
    pub all: Duration,
    /// Whether a proxy that the environment names is used.
    pub proxy: bool,
    /// The authorities that vouch for the server, where these are not those that browsers know.
    pub authorities: Option<RootCerts>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The path below the endpoint.
    pub path: &'static str,
    /// The body; the reply's length is in `max_tokens`.
    pub body: Value,
    /// Whether the reply is a stream of events.
    pub stream: bool,
    /// The prompt's tokens as counted here.
    pub prompt_tokens: usize,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Came {
    /// Its name.
    pub outcome: Outcome,
    /// What the server told.
    pub told: Told,
    /// How often it was sent.
    pub tries: u32,
    /// How long it took, pauses included.
    pub took: Duration,
}

/// Why no outcome came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Halt {
    /// The run was ended.
    Ended,
    /// Nothing will do better before a setting is changed or the server is back.
    Stop(String),
}

/// A client of one server; workers share it.
#[derive(Debug)]
pub(crate) struct Client {
    agent: Agent,
    reach: Reach,
    pace: Pace,
    /// Whether the server wants `max_completion_tokens`.
    other_limit: AtomicBool,
    chance: AtomicU64,
    /// How many requests in a row had nothing come of them, though the server was reached.
    in_a_row: AtomicU64,
}

impl Client {
    /// Opens no connection yet.
    pub(crate) fn new(reach: Reach) -> Self {
        let proxy = if reach.proxy {
            ureq::Proxy::try_from_env()
        } else {
            None
        };
        let tls = match &reach.authorities {
            Some(own) => TlsConfig::builder().root_certs(own.clone()).build(),
            None => TlsConfig::default(),
        };
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .proxy(proxy)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("medalign/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(reach.connect))
            .timeout_recv_response(Some(reach.first_byte))
            .timeout_global(Some(reach.all))
            .max_idle_connections_per_host(reach.jobs)
            .build();
        Client {
            agent: Agent::new_with_config(config),
            pace: Pace::new(reach.jobs),
            other_limit: AtomicBool::new(false),
            chance: AtomicU64::new(u64::from(std::process::id())),
            in_a_row: AtomicU64::new(0),
            reach,
        }
    }

    /// How the server is reached.
    pub(crate) fn reach(&self) -> &Reach {
        &self.reach
    }

    /// The pace that workers share.
    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// The names of the models that the server has; nothing where it does not tell.
    ///
    /// # Errors
    /// When it cannot be reached, or refuses the key.
    pub(crate) fn models(&self) -> Result<Vec<String>> {
        let url = self.reach.endpoint.at("/models");
        let request = self.with_key(self.agent.get(&url));
        let reply = read(request.call()).map_err(|fault| {
            Error::new(
                crate::error::Kind::Unreadable,
                format!("{}: {}", self.reach.endpoint, fault.message),
            )
            .hint("start the server, or name its address with --endpoint")
        })?;
        if reply.status != 200 {
            return match fault::meaning(reply.status, &fault::parse(&reply.body), None) {
                Meaning::Stop(why) if reply.status != 404 => {
                    Err(Error::usage(format!("{}: {why}", self.reach.endpoint)))
                }
                _ => Ok(Vec::new()),
            };
        }
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let all = body["data"].as_array().into_iter().flatten();
        Ok(all
            .filter_map(|m| m["id"].as_str())
            .map(str::to_owned)
            .collect())
    }

    /// Posts a body; for what has no outcome of its own, such as counting tokens. Servers close connections that are kept after so
    /// many requests, so one that ends early is made anew.
    ///
    /// # Errors
    /// When the server cannot be reached, or gives no JSON.
    pub(crate) fn post(&self, url: &str, body: &Value) -> Result<Value> {
        let failed = |what: String| {
            Error::new(
                crate::error::Kind::Unreadable,
                format!("{}: {what}", self.reach.endpoint),
            )
        };
        let body = body.to_string();
        let send = || {
            let request = self.with_key(self.agent.post(url));
            read(request.content_type("application/json").send(&body))
        };
        let reply = send().or_else(|_| send()).or_else(|_| send());
        let reply = reply.map_err(|fault| failed(fault.message))?;
        if reply.status != 200 {
            return Err(failed(format!("status {}", reply.status)));
        }
        serde_json::from_slice(&reply.body).map_err(|_| failed("the reply is not JSON".to_owned()))
    }

    /// Asks until there is an outcome.
    ///
    /// # Errors
    /// When the run was ended, or cannot go on.
    pub(crate) fn ask(&self, request: &Request) -> Result<Came, Halt> {
        let began = Instant::now();
        let secrets = Secrets {
            prompt: json!([request.body["messages"], request.body["prompt"]]).to_string(),
            key: self.reach.key.as_ref().map(Key::text),
        };
        let mut failures = Failures::new(self.pace.count());
        let mut tries = 0;
        loop {
            let leave = self.pace.begin().ok_or(Halt::Ended)?;
            tries += 1;
            let reply = self.send(request);
            let alone = leave.alone();
            drop(leave);
            let meaning = match reply {
                Ok(reply) => reply::meaning(&reply, request),
                Err(fault) => Meaning::Again(fault),
            };
            let fault = match secrets.without(meaning) {
                Meaning::Done(outcome, told) => {
                    self.pace.passed();
                    self.in_a_row.store(0, Ordering::SeqCst);
                    return Ok(came(outcome, *told, tries, began));
                }
                Meaning::Stop(why) => return Err(Halt::Stop(why)),
                Meaning::OtherLimit if !self.other_limit.swap(true, Ordering::SeqCst) => continue,
                Meaning::OtherLimit => Fault {
                    status: Some(400),
                    message: "the server takes no limit of the reply's length".to_owned(),
                    ..Fault::default()
                },
                Meaning::Again(fault) => *fault,
            };
            if fault.lack == Lack::Room && alone {
                let mut told = fault::told(fault);
                told.message = format!("with nothing else under way: {}", told.message);
                return Ok(came(Outcome::TooLong, told, tries, began));
            }
            failures.add(&fault, self.pace.count());
            if failures.are_enough(self.reach.tries) {
                // A server that nobody reaches is no fault of this request, nor is one that gives nothing to one after the other.
                let nothing = failures.nobody_passed && fault.status.is_none();
                if nothing
                    && (fault.lack == Lack::Server
                        || self.in_a_row.fetch_add(1, Ordering::SeqCst) + 1 >= IN_A_ROW)
                {
                    return Err(Halt::Stop(format!(
                        "{}: {} ({tries} tries)",
                        self.reach.endpoint, fault.message
                    )));
                }
                return Ok(came(Outcome::Failed, fault::told(fault), tries, began));
            }
            self.wait(&fault, tries);
        }
    }

    /// Pauses before the next try: as long as the server says, or longer each time.
    fn wait(&self, fault: &Fault, tries: u32) {
        let chance = hash::mix(self.chance.fetch_add(hash::STEP, Ordering::Relaxed));
        let pause = fault.wait.unwrap_or_else(|| pace::pause(tries, chance));
        self.pace.because(Cause::of(fault));
        if fault.lack == Lack::Room {
            self.pace.crowded(pause);
        } else if fault.lack == Lack::Breath || fault.wait.is_some() {
            self.pace.slow_down(pause);
        } else {
            self.pace.rest(pause);
        }
    }

    fn send(&self, request: &Request) -> Result<Reply, Box<Fault>> {
        let url = self.reach.endpoint.at(request.path);
        let call = self
            .with_key(self.agent.post(&url))
            .content_type("application/json");
        let body = if self.other_limit.load(Ordering::SeqCst) {
            with_other_limit(&request.body).to_string()
        } else {
            request.body.to_string()
        };
        read(call.send(body))
    }

    fn with_key<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.reach.key {
            Some(key) if self.reach.key_header.eq_ignore_ascii_case("authorization") => {
                request.header("authorization", format!("Bearer {}", key.text()))
            }
            Some(key) => request.header(self.reach.key_header.as_str(), key.text()),
            None => request,
        }
    }
}

fn came(outcome: Outcome, told: Told, tries: u32, began: Instant) -> Came {
    Came {
        outcome,
        told,
        tries,
        took: began.elapsed(),
    }
}

fn with_other_limit(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut()
        && let Some(limit) = fields.remove("max_tokens")
    {
        fields.insert("max_completion_tokens".to_owned(), limit);
    }
    body
}

/// Reads a reply whole, or says what went wrong on the way, which is worth another try.
fn read(
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Reply, Box<Fault>> {
    let mut response = response.map_err(|e| on_the_way(&e))?;
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.trim().to_ascii_lowercase())
    };
    let mut reply = Reply {
        status: response.status().as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        wait: asked_to_wait(header("retry-after-ms"), header("retry-after")),
        body: Vec::new(),
    };
    let body = response.body_mut().with_config().limit(LARGEST);
    reply.body = match body.read_to_vec() {
        Ok(bytes) => bytes,
        // The status says enough.
        Err(_) if reply.status != 200 => Vec::new(),
        Err(e) => return Err(on_the_way(&e)),
    };
    Ok(reply)
}

/// Milliseconds, seconds, or a date.
fn asked_to_wait(millis: Option<String>, after: Option<String>) -> Option<Duration> {
    /// Nobody waits longer for a server.
    const LONGEST: Duration = Duration::from_mins(10);
    let number = |text: String| {
        text.parse::<f64>()
            .ok()
            .filter(|n| n.is_finite() && *n >= 0.0)
    };
    let wait = millis
        .and_then(number)
        .map(|ms| Duration::from_secs_f64((ms / 1000.0).min(1e6)))
        .or_else(|| {
            let after = after?;
            if let Some(seconds) = number(after.clone()) {
                return Some(Duration::from_secs_f64(seconds.min(1e6)));
            }
            let date = jiff::fmt::rfc2822::parse(&after).ok()?.timestamp();
            let seconds = date.as_second() - crate::clock::now().as_second();
            Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
        })?;
    Some(wait.min(LONGEST))
}

fn on_the_way(error: &ureq::Error) -> Box<Fault> {
    Box::new(Fault {
        lack: match error {
            ureq::Error::Timeout(ureq::Timeout::Connect | ureq::Timeout::Resolve)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Rustls(_)
            | ureq::Error::Tls(_)
            | ureq::Error::Pem(_) => Lack::Server,
            ureq::Error::Io(e)
                if matches!(
                    e.kind(),
                    // The second is what rustls says of a certificate.
                    std::io::ErrorKind::ConnectionRefused | std::io::ErrorKind::InvalidData
                ) =>
            {
                Lack::Server
            }
            ureq::Error::Timeout(_) => Lack::Time,
            _ => Lack::Unknown,
        },
        ..Fault::on_the_way(&in_words(error))
    })
}

/// What went wrong on the way, without addresses or bodies.
fn in_words(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(ureq::Timeout::Connect) => {
            "the server cannot be reached in time".to_owned()
        }
        ureq::Error::Timeout(ureq::Timeout::RecvResponse) => {
            "the server took too long to begin its reply (first_byte)".to_owned()
        }
        ureq::Error::Timeout(_) => "the server took too long (all)".to_owned(),
        ureq::Error::BodyExceedsLimit(_) => {
            format!("the reply is larger than {} MiB", LARGEST >> 20)
        }
        ureq::Error::HostNotFound => "no such host".to_owned(),
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => {
            "nothing listens there".to_owned()
        }
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the connection ended before the reply did".to_owned()
        }
        // What rustls says of a certificate or of garbage.
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::InvalidData => NO_TLS.to_owned(),
        ureq::Error::Io(e) => format!("the connection failed: {}", e.kind()),
        ureq::Error::ConnectionFailed => "the connection failed".to_owned(),
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) | ureq::Error::Pem(_) => NO_TLS.to_owned(),
        _ => "the reply breaks the rules of HTTP".to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests;
#[cfg(test)]
mod tests_golden;
#[cfg(test)]
mod tests_tls;
#[cfg(test)]
mod tests_words;
