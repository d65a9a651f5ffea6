//! Where requests may go, and with which key.
//!
//! In: an endpoint, the hosts that were allowed, where the key is. Out: a place that is safe to send a record to, or an error that says
//! what to allow. The key is read from the environment or a private file; it is in no message, file or log.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ureq::tls::{PemItem, RootCerts, parse_pem};

use crate::error::{Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// Its address without a slash at the end.
    url: String,
    secure: bool,
    host: String,
}

/// What the command line allows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Allowed {
    /// The hosts other than this machine.
    pub hosts: Vec<String>,
    /// Whether HTTP without TLS may leave this machine.
    pub plain_http: bool,
    /// What was agreed to, in words.
    pub agreed: Option<String>,
}

impl Endpoint {
    /// Understands an address such as `http://127.0.0.1:8080/v1`.
    ///
    /// # Errors
    /// When it is none, or holds a user's name.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let wrong = || {
            Error::usage("the endpoint is no address of a server")
                .hint("say it as in http://127.0.0.1:8080/v1")
        };
        let (scheme, rest) = url.split_once("://").ok_or_else(wrong)?;
        let secure = match scheme {
            "http" => false,
            "https" => true,
            _ => return Err(wrong()),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(Error::usage("the endpoint holds a name or a key").hint(
                "keep the key in an environment variable or a private file: key_env, key_file",
            ));
        }
        if rest.contains(['#', ' ']) || authority.is_empty() {
            return Err(wrong());
        }
        let host = match authority.strip_prefix('[').and_then(|a| a.split_once(']')) {
            Some((host, _)) => host,
            None => authority.split(':').next().unwrap_or_default(),
        };
        Ok(Endpoint {
            url: url.trim_end_matches('/').to_owned(),
            secure,
            host: host.to_ascii_lowercase(),
        })
    }

    /// The host's name or address.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is on this machine.
    pub(crate) fn is_here(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The address of something below it; what is behind `?` stays behind it.
    pub(crate) fn at(&self, path: &str) -> String {
        match self.url.split_once('?') {
            Some((url, query)) => format!("{}{path}?{query}", url.trim_end_matches('/')),
            None => format!("{}{path}", self.url),
        }
    }

    /// The address of something beside it: servers keep `/tokenize` outside of `/v1`.
    pub(crate) fn beside(&self, path: &str) -> String {
        let url = self.url.split('?').next().unwrap_or_default();
        format!(
            "{}{path}",
            url.trim_end_matches('/').trim_end_matches("/v1")
        )
    }

    /// What has to be typed before the first record goes to a host other than this machine.
    pub(crate) fn agreement(&self) -> String {
        format!("these records may go to {}", self.host)
    }

    /// Makes sure that records may be sent there; `before` says whether it was agreed to for these answers before.
    ///
    /// # Errors
    /// When the host was not named, TLS is lacking, or nobody agreed in words.
    pub(crate) fn check(&self, allowed: &Allowed, before: bool) -> Result<()> {
        if self.is_here() {
            return Ok(());
        }
        let host = &self.host;
        if !allowed.hosts.iter().any(|h| h.eq_ignore_ascii_case(host)) {
            return Err(Error::usage(format!(
                "patients' records would leave this machine for {host}"
            ))
            .hint(format!("if they may go there, say --allow-host {host}")));
        }
        if !self.secure && !allowed.plain_http {
            return Err(Error::usage(format!(
                "records would go to {host} unencrypted: the endpoint is http://"
            ))
            .hint("name an https:// endpoint; --plain-http sends them for everyone on the way to read"));
        }
        let agreement = self.agreement();
        if before || allowed.agreed.as_deref().map(str::trim) == Some(agreement.as_str()) {
            return Ok(());
        }
        Err(Error::usage(format!(
            "the dataset's licence or the hospital may forbid sending its records to others, and {host} would read them"
        ))
        .hint(format!("read what you signed; if it allows this, say --agreed \"{agreement}\"")))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is behind `?` may be a key.
        f.write_str(self.url.split('?').next().unwrap_or_default())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyPlace {
    /// An environment variable.
    Env(String),
    /// A file that only its owner may read.
    File(PathBuf),
}

/// A key; it cannot be printed.
#[derive(Clone)]
pub(crate) struct Key(String);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// Reads a key; `var` looks up an environment variable.
    ///
    /// # Errors
    /// When it is not there, or others may read it.
    pub(crate) fn read(place: &KeyPlace, var: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let text = match place {
            KeyPlace::Env(name) => var(name).ok_or_else(|| {
                Error::usage(format!("the environment variable {name} is not set"))
                    .hint("put the key into it, or name a file with key_file")
            })?,
            KeyPlace::File(path) => read_private(path)?,
        };
        let key = text.trim();
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::usage(
                "the key is empty, or holds blanks or other signs that no key has",
            ));
        }
        Ok(Key(key.to_owned()))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// The certificates of a PEM file, by which a server is trusted in place of the authorities that browsers know: hospitals have their own.
///
/// # Errors
/// When it cannot be read, or holds none.
pub(crate) fn authorities(path: &Path) -> Result<RootCerts> {
    let bytes = std::fs::read(path).map_err(|e| Error::io(path, "reading the certificates", e))?;
    let items = parse_pem(&bytes).collect::<std::result::Result<Vec<_>, _>>();
    let items = items.unwrap_or_default().into_iter();
    let certificates: Vec<_> = items
        .filter_map(|item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        return Err(Error::unreadable(path, "no certificate stands here")
            .hint("ca_file names a PEM file: it begins with -----BEGIN CERTIFICATE-----"));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn read_private(path: &Path) -> Result<String> {
    let io = |e| Error::io(path, "reading the key", e);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Error::unreadable(path, "others may read this key")
                .hint(format!("chmod 600 {}", path.display())));
        }
    }
    std::fs::read_to_string(path).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(hosts: &[&str], plain_http: bool, agreed: Option<&str>) -> Allowed {
        Allowed {
            hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
            plain_http,
            agreed: agreed.map(str::to_owned),
        }
    }

    fn refused(url: &str, allowed: &Allowed) -> Option<String> {
        let endpoint = Endpoint::parse(url).expect("an address");
        let error = endpoint.check(allowed, false).err()?;
        Some(error.hint_text().expect("a hint").to_owned())
    }

    #[test]
    fn this_machine_needs_nothing() {
        for url in [
            "http://127.0.0.1:8080/v1",
            "http://127.9.9.9/v1/",
            "http://localhost:1/v1",
            "http://[::1]:8080/v1",
        ] {
            assert_eq!(refused(url, &Allowed::default()), None, "{url}");
        }
        // Names that only look like this machine.
        for url in [
            "http://127.0.0.1.example.org/v1",
            "https://localhost.example.org/v1",
            "http://10.0.0.1/v1",
            "http://0.0.0.0/v1",
            "https://[2001:db8::1]/v1",
        ] {
            assert!(refused(url, &Allowed::default()).is_some(), "{url}");
        }
    }

    #[test]
    fn another_host_is_named_encrypted_and_agreed_to() {
        let words = "these records may go to api.example.org";
        let https = "https://api.example.org/v1";
        let hint = refused(https, &allowed(&[], false, None)).expect("refused");
        assert!(hint.contains("--allow-host api.example.org"));
        let hint = refused(
            "http://api.example.org/v1",
            &allowed(&["api.example.org"], false, Some(words)),
        );
        assert!(hint.expect("refused").contains("--plain-http"));
        let hint =
            refused(https, &allowed(&["api.example.org"], false, Some("yes"))).expect("refused");
        assert!(hint.contains(words));
        assert_eq!(
            refused(https, &allowed(&["API.example.org"], false, Some(words))),
            None
        );
        let agreed = allowed(&["api.example.org"], true, Some(words));
        assert_eq!(refused("http://api.example.org/v1", &agreed), None);
        let other = refused("https://api.example.com/v1", &agreed).expect("another host");
        assert!(other.contains("api.example.com"));
    }

    #[test]
    fn addresses_lead_below_and_beside() {
        let endpoint =
            Endpoint::parse("https://h.example/openai/v1/?api-version=1").expect("an address");
        assert_eq!(
            endpoint.at("/models"),
            "https://h.example/openai/v1/models?api-version=1"
        );
        assert_eq!(
            endpoint.beside("/tokenize"),
            "https://h.example/openai/tokenize"
        );
        assert_eq!(endpoint.to_string(), "https://h.example/openai/v1/");
        for wrong in [
            "127.0.0.1:80",
            "ftp://h/v1",
            "https://",
            "http://key@h/v1",
            "http://h/a b",
        ] {
            assert!(Endpoint::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn keys_are_private() {
        let place = KeyPlace::Env("K".to_owned());
        let key = Key::read(&place, |_| Some(" sk-1 \n".to_owned())).expect("a key");
        assert_eq!(
            (key.text(), format!("{key:?}").contains("sk-1")),
            ("sk-1", false)
        );
        assert!(Key::read(&place, |_| None).is_err());
        assert!(Key::read(&place, |_| Some("a b".to_owned())).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("key");
            std::fs::write(&path, "sk-2").expect("written");
            let mode = |mode| {
                let permissions = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(&path, permissions).expect("changed");
                Key::read(&KeyPlace::File(path.clone()), |_| None)
            };
            assert!(
                mode(0o640)
                    .expect_err("open")
                    .to_string()
                    .contains("others may read")
            );
            assert_eq!(mode(0o600).expect("private").text(), "sk-2");
        }
    }
}
