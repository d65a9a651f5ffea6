//! Where a `PostgreSQL` server is, and how it may be asked.
//!
//! In: an address as `psql` takes it, with the schemas in it, and the environment. Out: what the connection needs.
//! Never: a password on the command line, where others can read it; a server elsewhere without its host being named,
//! or without encryption.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use postgres::Config;
use postgres::config::{Host, SslMode};

use crate::error::{Error, Result};

/// An address, taken apart.
pub(super) struct Address {
    pub(super) config: Config,
    /// The schema of the tables.
    pub(super) schema: String,
    /// The schema of the vocabulary, where it has its own.
    pub(super) vocabulary: Option<String>,
    /// The schema of cohorts.
    pub(super) results: String,
    /// Certificates to trust instead of the system's.
    pub(super) roots: Option<PathBuf>,
    /// Whether nothing leaves this machine.
    pub(super) is_here: bool,
}

/// What an address may say besides [`OWN`], for the library to read. Nothing here sends the connection elsewhere unseen, as
/// `hostaddr` would, or changes the session, as `options` would.
const PASSED: [&str; 6] = [
    "host",
    "port",
    "user",
    "dbname",
    "connect_timeout",
    "application_name",
];
const OWN: &str = "schema, vocabulary, results, sslmode, sslrootcert";

/// Whether a text is the address of a server.
pub(crate) fn is_address(text: &str) -> bool {
    text.starts_with("postgresql://") || text.starts_with("postgres://")
}

impl Address {
    /// Reads an address; `hosts` are those that may be asked besides this machine.
    ///
    /// # Errors
    /// When it cannot be read, holds a password, or names a host that was not allowed.
    pub(super) fn read(text: &str, hosts: &[String]) -> Result<Self> {
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let mut address = Address {
            config: Config::new(),
            schema: "public".to_owned(),
            vocabulary: None,
            results: "results".to_owned(),
            roots: None,
            is_here: false,
        };
        let mut mode = String::new();
        let mut passed = Vec::new();
        for pair in query.split('&').filter(|p| !p.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(unreadable)?;
            match key {
                "schema" => address.schema = decoded(value)?,
                "vocabulary" => address.vocabulary = Some(decoded(value)?),
                "results" => address.results = decoded(value)?,
                "sslrootcert" => address.roots = Some(PathBuf::from(decoded(value)?)),
                "sslmode" => mode = decoded(value)?,
                "password" => return Err(open_password()),
                key if PASSED.contains(&key) => passed.push(pair),
                key => {
                    return Err(
                        Error::usage(format!("{key}= is not taken in a server's address")).hint(
                            format!("leave it out; taken are {OWN}, {}", PASSED.join(", ")),
                        ),
                    );
                }
            }
        }
        // What the library says of a bad address may repeat it.
        let config = format!("{base}?{}", passed.join("&")).parse();
        address.config = config.map_err(|_| unreadable())?;
        if address.config.get_password().is_some() {
            return Err(open_password());
        }
        match address.config.get_hosts() {
            [Host::Unix(_)] => address.is_here = true,
            [Host::Tcp(name)] if !name.is_empty() => {
                address.is_here = is_loopback(name);
                if !address.is_here && !hosts.iter().any(|h| h.eq_ignore_ascii_case(name)) {
                    return Err(Error::usage(format!(
                        "this would ask {name}, which is not this machine, for patients' records"
                    ))
                    .hint(format!("if that is meant, say --allow-host {name}")));
                }
            }
            [] | [_] => {
                return Err(Error::usage("the server's address names no host").hint(
                    "write localhost, or the folder of a socket: ?host=/var/run/postgresql",
                ));
            }
            _ => {
                return Err(
                    Error::usage("the server's address names more than one host")
                        .hint("name the one that has the tables"),
                );
            }
        }
        address.encrypt(&mode)?;
        Ok(address)
    }

    /// Decides on encryption: what was asked for at least, and always where another host is asked.
    fn encrypt(&mut self, mode: &str) -> Result<()> {
        let mode = match mode {
            "disable" if !self.is_here => {
                return Err(
                    Error::usage("records would come from another host unencrypted")
                        .hint("leave sslmode out, or write sslmode=verify-full"),
                );
            }
            "disable" => SslMode::Disable,
            "" | "allow" | "prefer" if self.is_here => SslMode::Prefer,
            "" | "allow" | "prefer" | "require" | "verify-ca" | "verify-full" => SslMode::Require,
            _ => {
                return Err(Error::usage("sslmode is none that is known")
                    .hint("write sslmode=verify-full, or on this machine sslmode=disable"));
            }
        };
        self.config.ssl_mode(mode);
        Ok(())
    }

    /// Adds what the environment knows: user and password.
    pub(super) fn complete(&mut self, env: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        // As for `psql`: else whoever runs the program.
        let user = || env("PGUSER").or_else(|| uzers::get_current_username()?.into_string().ok());
        if self.config.get_user().is_none()
            && let Some(user) = user()
        {
            self.config.user(&user);
        }
        if let Some(password) = env("PGPASSWORD") {
            self.config.password(password);
            return Ok(());
        }
        let file = env("PGPASSFILE")
            .map(PathBuf::from)
            .or_else(|| env("HOME").map(|home| Path::new(&home).join(".pgpass")));
        if let Some(file) = file.filter(|f| f.is_file())
            && let Some(password) = self.look_up(&file)?
        {
            self.config.password(password);
        }
        Ok(())
    }

    /// The password for this server in a file as `psql` reads it.
    fn look_up(&self, file: &Path) -> Result<Option<String>> {
        use std::os::unix::fs::PermissionsExt as _;
        let failed = |e| Error::io(file, "reading the file of passwords", e);
        let mode = std::fs::metadata(file)
            .map_err(failed)?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(Error::usage(format!(
                "{}: others can read these passwords",
                file.display()
            ))
            .hint(format!("chmod 600 {}", file.display())));
        }
        let text = std::fs::read_to_string(file).map_err(failed)?;
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.as_str(),
            Some(Host::Unix(_)) | None => "localhost",
        };
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        let user = self.config.get_user().unwrap_or_default();
        let wanted = [
            host,
            &port.to_string(),
            self.config.get_dbname().unwrap_or(user),
            user,
        ];
        Ok(text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(fields)
            .find(|fields| {
                fields.len() == 5
                    && wanted
                        .iter()
                        .zip(fields)
                        .all(|(wanted, field)| field == "*" || field == wanted)
            })
            .and_then(|mut fields| fields.pop()))
    }
}

/// The fields of a line, separated by colons; a backslash takes the next sign as it is.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        match sign {
            ':' => fields.push(String::new()),
            sign => {
                let sign = if sign == '\\' {
                    signs.next().unwrap_or(sign)
                } else {
                    sign
                };
                if let Some(field) = fields.last_mut() {
                    field.push(sign);
                }
            }
        }
    }
    fields
}

fn unreadable() -> Error {
    Error::usage("the server's address cannot be read")
        .hint("write postgresql://USER@HOST:PORT/DATABASE?schema=cdm")
}

fn open_password() -> Error {
    Error::usage("a password on the command line can be read by everyone on this machine")
        .hint("leave it out, and put it into PGPASSWORD or ~/.pgpass")
}

/// A value with `%2F` and the like as the signs they stand for.
fn decoded(value: &str) -> Result<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        bytes.push(*first);
        if *first == b'%' {
            let (code, more) = more.split_at_checked(2).ok_or_else(unreadable)?;
            let code = std::str::from_utf8(code).map_err(|_| unreadable())?;
            bytes.pop();
            bytes.push(u8::from_str_radix(code, 16).map_err(|_| unreadable())?);
            rest = more;
        }
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, hosts: &[String]) -> String {
        match Address::read(text, hosts) {
            Ok(_) => panic!("{text} was taken"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_address_names_its_schemas() {
        let read = |text: &str| Address::read(text, &[]).expect("an address");
        let address = read("postgresql://me@localhost:5433/omop?schema=cdm_54&results=mine");
        assert_eq!(
            (address.schema.as_str(), address.results.as_str()),
            ("cdm_54", "mine")
        );
        assert_eq!(address.config.get_dbname(), Some("omop"));
        assert_eq!(address.config.get_ports(), [5433]);
        assert!(address.is_here);
        let socket = read("postgres:///omop?host=/run/postgresql");
        assert!(socket.is_here && matches!(socket.config.get_hosts(), [Host::Unix(_)]));
    }

    #[test]
    fn other_hosts_must_be_named_and_encrypted() {
        let there = "postgresql://me@db.example.org/omop";
        assert!(refused(there, &[]).contains("db.example.org"));
        let named = ["DB.example.org".to_owned()];
        let address = Address::read(there, &named).expect("named");
        assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
        assert!(refused(&format!("{there}?sslmode=disable"), &named).contains("unencrypted"));
        // `prefer` would let a server without encryption have its way.
        let prefer = Address::read(&format!("{there}?sslmode=prefer"), &named).expect("named");
        assert_eq!(prefer.config.get_ssl_mode(), SslMode::Require);
        // What was asked for on this machine is not less.
        for (mode, got) in [
            ("verify-full", SslMode::Require),
            ("require", SslMode::Require),
            ("prefer", SslMode::Prefer),
            ("disable", SslMode::Disable),
        ] {
            let here = format!("postgresql://me@localhost/omop?sslmode={mode}");
            let address = Address::read(&here, &[]).expect("fine");
            assert_eq!(address.config.get_ssl_mode(), got, "{mode}");
        }
        assert!(refused("postgresql://me@localhost/omop?sslmode=of", &[]).contains("sslmode"));
    }

    #[test]
    fn nothing_sends_the_connection_elsewhere_unseen() {
        let here = "postgresql://me@localhost/omop";
        for (address, said) in [
            (format!("{here}?hostaddr=203.0.113.5"), "hostaddr= is not"),
            (
                format!("{here}?host%61ddr=203.0.113.5"),
                "host%61ddr= is not",
            ),
            (format!("{here}?service=far"), "service= is not"),
            (format!("{here}?options=-c%20role%3Dx"), "options= is not"),
            (format!("{here}?host=db.example.org"), "more than one host"),
            (
                "postgresql://localhost,db.example.org/omop".to_owned(),
                "more than one host",
            ),
            (
                "postgresql:///omop?host=db.example.org".to_owned(),
                "would ask db.example.org",
            ),
            (
                "postgresql://%64b.example.org/omop".to_owned(),
                "would ask db.example.org",
            ),
            (
                "postgresql://203.0.113.5/omop".to_owned(),
                "would ask 203.0.113.5",
            ),
            ("postgresql:///omop".to_owned(), "no host"),
            ("postgresql:///omop?host=".to_owned(), "no host"),
        ] {
            let error = refused(&address, &[]);
            assert!(error.contains(said), "{address}: {error}");
        }
        let address = Address::read(&format!("{here}?schema=a%2Fb&sslrootcert=%2Fx%20y"), &[]);
        let address = address.expect("fine");
        assert_eq!(address.schema, "a/b");
        assert_eq!(address.roots.as_deref(), Some(Path::new("/x y")));
        refused(&format!("{here}?schema=%zz"), &[]);
    }

    #[test]
    fn a_password_is_not_for_the_command_line() {
        let error = refused("postgresql://me:geheim@localhost/omop", &[]);
        assert!(error.contains("password") && !error.contains("geheim"));
        for address in [
            "me@local host/om%zzop?geheim",
            "localhost/omop?password=geheim",
        ] {
            let error = refused(&format!("postgresql://{address}"), &[]);
            assert!(!error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn passwords_come_from_the_usual_places() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("passwords");
        let lines = "# mine\nelsewhere:*:*:*:no\nlocalhost:5432:omop:me:a\\:b\\\\c\n*:*:*:*:last\n";
        std::fs::write(&file, lines).expect("writable");
        let env = |key: &str| match key {
            "PGPASSFILE" => Some(file.display().to_string()),
            _ => None,
        };
        let mut address = Address::read("postgresql://me@localhost/omop", &[]).expect("fine");
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        std::fs::set_permissions(&file, open).expect("mine");
        let error = address.complete(&env).expect_err("others can read it");
        assert!(error.to_string().contains("others can read"));
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, closed).expect("mine");
        address.complete(&env).expect("fine");
        assert_eq!(address.config.get_password(), Some(&b"a:b\\c"[..]));
        let own = |key: &str| (key == "PGPASSWORD").then(|| "env".to_owned());
        address.complete(&own).expect("fine");
        assert_eq!(address.config.get_password(), Some(&b"env"[..]));
        // Who is not named is whoever runs the program, in the file of passwords, too.
        let mut address = Address::read("postgresql://localhost/omop", &[]).expect("fine");
        address.complete(&env).expect("fine");
        assert!(
            address
                .config
                .get_user()
                .is_some_and(|user| !user.is_empty())
        );
    }
}
