//! Tables of a `PostgreSQL` server: the same bytes as from CSV, all that it has, and said what it refuses.
//!
//! The server is the one whose address is in `MEDALIGN_POSTGRES`: a database of its own, for the tests make and drop schemas
//! and roles in it.

use std::path::{Path, PathBuf};

use postgres::{Client, NoTls};

use super::imports::{PERSONS, Tables, assert_adds_up, files, import_omop, table};
use super::sources::{SETS, from_csv, needed};
use crate::omop::slots::Holds;
use crate::omop::tables::Table;
use crate::shared::shared;

/// A schema that goes with the test.
struct Schema {
    client: Client,
    name: String,
    /// The server's address, and the same with the schema.
    server: String,
    address: String,
}

impl Schema {
    fn new(address: &str, name: &str) -> Self {
        let mut client = Client::connect(address, NoTls).expect("the server answers");
        client
            .batch_execute(&format!(
                "DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}"
            ))
            .expect("a schema");
        let sign = if address.contains('?') { '&' } else { '?' };
        Schema {
            client,
            name: name.to_owned(),
            server: address.to_owned(),
            address: format!("{address}{sign}schema={name}&results={name}"),
        }
    }

    /// Loads each CSV table of a folder, with the types that the OMOP definitions give.
    fn load(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a table").path();
            let base = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .to_lowercase();
            let name = base
                .split('.')
                .next()
                .expect("a name")
                .trim_start_matches("2b_");
            let Some(table) = Table::ALL.into_iter().find(|t| t.name() == name) else {
                continue;
            };
            self.load_table(table, &path);
        }
    }

    fn load_table(&mut self, table: Table, path: &Path) {
        let mut text = Vec::new();
        let file = std::fs::File::open(path).expect("readable");
        if path.extension().is_some_and(|e| e == "gz") {
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(file), &mut text)
        } else {
            std::io::Read::read_to_end(&mut { file }, &mut text)
        }
        .expect("readable");
        let header = text.split(|b| *b == b'\n').next().expect("a header");
        let header = String::from_utf8_lossy(header)
            .trim_start_matches('\u{feff}')
            .to_lowercase();
        let columns: Vec<String> = header
            .trim()
            .split(',')
            .map(|name| {
                let name = name.trim_matches('"');
                let held = table
                    .spec()
                    .columns
                    .iter()
                    .find(|(_, names)| names.split(' ').any(|n| n == name))
                    .map(|(slot, _)| slot.holds());
                let kind = match held {
                    Some(Holds::Id | Holds::Concept) => "bigint",
                    Some(Holds::Number) => "numeric",
                    Some(Holds::Date) if name.ends_with("_date") => "date",
                    Some(Holds::Date) if name.ends_with("_datetime") => "timestamp",
                    _ => "text",
                };
                format!("{name} {kind}")
            })
            .collect();
        let place = format!("{}.{}", self.name, table.name());
        self.client
            .batch_execute(&format!("CREATE TABLE {place} ({})", columns.join(", ")))
            .expect("a table");
        let mut writer = self
            .client
            .copy_in(&format!("COPY {place} FROM STDIN (FORMAT csv, HEADER)"))
            .expect("a table");
        std::io::Write::write_all(&mut writer, &text).expect("sent");
        writer.finish().expect("taken");
    }

    fn import(
        &self,
        more: &[&str],
    ) -> (serde_json::Value, Option<crate::Error>, tempfile::TempDir) {
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_omop(&PathBuf::from(&self.address), out.path(), more);
        (report, error, out)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let _ = self
            .client
            .batch_execute(&format!("DROP SCHEMA {} CASCADE", self.name));
    }
}

#[test]
fn a_server_gives_the_records_that_csv_gives() {
    let (Some(shared), Some(address)) = (shared(), needed("MEDALIGN_POSTGRES")) else {
        return;
    };
    for set in SETS {
        let tables = shared.join("data/omop").join(set);
        let mut schema = Schema::new(&address, &format!("whole_{}", &set[..5]));
        schema.load(&tables);
        let (report, error, out) = schema.import(&[]);
        assert!(error.is_none(), "{error:?}");
        assert_adds_up(&report);
        let (read, wanted) = (files(&out.path().join("ehrs")), from_csv(&tables, &[]));
        assert_eq!(read.len(), wanted.len());
        for (name, bytes) in &wanted {
            assert!(read[name] == *bytes, "{set}: {name} differs");
        }
    }
}

/// Notes whose text has all that quoting is about.
fn noted() -> Tables {
    Tables::new(&[
        ("person.csv", PERSONS),
        (
            "note.csv",
            b"person_id,note_id,note_date,note_text\n\
              7,1,2020-01-02,\"a \"\"b\"\", c\\\n\nd\\\"\n\
              -9223372036854775808,2,2020-01-03,\"C:\\\"\n",
        ),
    ])
}

#[test]
fn a_server_is_asked_for_a_cohort_or_for_patients_alone() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let tables = noted();
    let mut schema = Schema::new(&address, "chosen");
    schema.load(tables.0.path());
    schema
        .client
        .batch_execute(
            "CREATE TABLE chosen.cohort (cohort_definition_id int, subject_id bigint); \
             INSERT INTO chosen.cohort VALUES (5, 7), (6, -9223372036854775808)",
        )
        .expect("a cohort");
    let wanted = from_csv(tables.0.path(), &[]);
    assert_eq!(wanted.len(), 2);

    let (report, error, out) = schema.import(&["--cohort=5"]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(table(&report, "note")["rows"], 1);
    let read = files(&out.path().join("ehrs"));
    assert_eq!(read.keys().collect::<Vec<_>>(), ["7.xml"]);
    assert!(read["7.xml"] == wanted["7.xml"]);

    // A member whom no table knows is named; a cohort without members is a mistake.
    schema
        .client
        .batch_execute("INSERT INTO chosen.cohort VALUES (5, 8)")
        .expect("a member");
    let (report, error, _) = schema.import(&["--cohort=5"]);
    assert!(error.is_some(), "patient 8 is not there");
    assert_eq!(report["chosen_not_found"], serde_json::json!([8]));
    let (_, error, _) = schema.import(&["--cohort=7"]);
    let error = error.expect("nobody").to_string();
    assert!(error.contains("cohort 7 has no members"), "{error}");

    let list = out.path().join("patients.txt");
    std::fs::write(&list, "-9223372036854775808\n8\n").expect("writable");
    let patients = format!("--patients={}", list.display());
    let (report, error, out) = schema.import(&[&patients]);
    assert!(error.is_some(), "patient 8 is not there");
    assert_eq!(report["chosen_not_found"], serde_json::json!([8]));
    assert_eq!(files(&out.path().join("ehrs")).len(), 1);
}

#[test]
fn what_the_server_refuses_is_said() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let schema = Schema::new(&address, "bare");
    let (_, error, out) = schema.import(&[]);
    let error = error.expect("no tables").to_string();
    assert!(error.contains("schema bare has no OMOP tables"), "{error}");
    assert!(!out.path().join("ehrs").exists());

    let mut schema = Schema::new(&address, "broken");
    schema.load(noted().0.path());
    // A view that fails at its second row breaks the table off in the middle.
    schema
        .client
        .batch_execute(
            "ALTER TABLE broken.note RENAME TO kept; CREATE VIEW broken.note AS SELECT person_id, note_id, note_date, \
             note_text || (1 / (note_id - 2))::text AS note_text FROM broken.kept",
        )
        .expect("a view");
    let (_, error, out) = schema.import(&[]);
    let error = error.expect("a broken table").to_string();
    assert!(
        error.contains("broken.note") && error.contains("early (22012)"),
        "{error}"
    );
    assert!(!out.path().join("ehrs").exists());
}

#[test]
fn nothing_is_written_on_the_server() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let mut schema = Schema::new(&address, "untouched");
    schema.load(noted().0.path());
    // A view that notes who reads it.
    schema
        .client
        .batch_execute(
            "ALTER TABLE untouched.note RENAME TO kept; CREATE TABLE untouched.readers (id bigint); \
             CREATE FUNCTION untouched.noted(id bigint) RETURNS bigint LANGUAGE sql AS \
             'INSERT INTO untouched.readers VALUES (id) RETURNING id'; \
             CREATE VIEW untouched.note AS SELECT untouched.noted(person_id) AS person_id, note_id, note_date, note_text \
             FROM untouched.kept",
        )
        .expect("a view");
    let (_, error, out) = schema.import(&[]);
    let error = error.expect("a refusal").to_string();
    assert!(
        error.contains("untouched.note") && error.contains("25006"),
        "{error}"
    );
    assert!(!out.path().join("ehrs").exists());
    let count = schema
        .client
        .query_one("SELECT count(*) FROM untouched.readers", &[]);
    assert_eq!(count.expect("a count").get::<_, i64>(0), 0);
}

/// A user who may connect, and nothing else but what it is granted; it goes with the test.
struct Guest {
    client: Client,
    name: String,
    address: String,
}

impl Guest {
    fn new(schema: &Schema, name: &str) -> Self {
        let mut client = Client::connect(&schema.server, NoTls).expect("the server answers");
        client
            .batch_execute(&format!(
                "DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN; GRANT USAGE ON SCHEMA {} TO {name}",
                schema.name
            ))
            .expect("a role");
        let (base, query) = schema.address.split_once('?').expect("with a schema");
        let at = base.find('@').expect("a user");
        let start = base.find("//").expect("an address") + 2;
        Guest {
            client,
            name: name.to_owned(),
            address: format!("{}{name}{}?{query}", &base[..start], &base[at..]),
        }
    }

    fn import(&self) -> (serde_json::Value, crate::Error) {
        let out = tempfile::tempdir().expect("a temporary folder");
        let (report, error) = import_omop(&PathBuf::from(&self.address), out.path(), &[]);
        assert!(!out.path().join("ehrs").exists());
        (report, error.expect("an error"))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let name = &self.name;
        let _ = self
            .client
            .batch_execute(&format!("DROP OWNED BY {name}; DROP ROLE {name}"));
    }
}

#[test]
fn what_a_user_may_not_see_is_no_missing_row() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let mut schema = Schema::new(&address, "guarded");
    schema.load(noted().0.path());
    let guest = Guest::new(&schema, "medalign_guest");
    let of = |sql: &str, schema: &mut Schema| schema.client.batch_execute(sql).expect("done");
    // No right to the texts.
    of(
        "GRANT SELECT ON guarded.person TO medalign_guest; \
         GRANT SELECT (person_id, note_id, note_date) ON guarded.note TO medalign_guest",
        &mut schema,
    );
    let (_, error) = guest.import();
    assert!(error.to_string().contains("guarded.note"), "{error}");
    let hint = error.hint_text().expect("a hint");
    assert!(hint.contains("GRANT SELECT ON guarded.note"), "{hint}");
    // A policy that hides rows from those who do not own them.
    of(
        "GRANT SELECT ON guarded.note TO medalign_guest; ALTER TABLE guarded.note ENABLE ROW LEVEL SECURITY; \
         CREATE POLICY own ON guarded.note FOR SELECT USING (person_id = 7)",
        &mut schema,
    );
    let (_, error) = guest.import();
    assert!(error.to_string().contains("row-level security"), "{error}");
    assert!(error.hint_text().is_some_and(|h| h.contains("BYPASSRLS")));
}

#[test]
fn views_and_names_in_any_case_are_tables() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let tables = noted();
    let mut schema = Schema::new(&address, "cased");
    schema.load(tables.0.path());
    schema
        .client
        .batch_execute(
            "ALTER TABLE cased.person RENAME TO kept; CREATE MATERIALIZED VIEW cased.\"PERSON\" AS SELECT * FROM cased.kept; \
             ALTER TABLE cased.note RENAME person_id TO \"Person_ID\"; ALTER TABLE cased.note RENAME TO \"Note\"",
        )
        .expect("renamed");
    let list = tables.0.path().join("patients.txt");
    std::fs::write(&list, "7\n").expect("writable");
    let (report, error, out) = schema.import(&[&format!("--patients={}", list.display())]);
    assert!(error.is_none(), "{error:?}");
    assert_adds_up(&report);
    let wanted = from_csv(tables.0.path(), &[]);
    assert!(files(&out.path().join("ehrs"))["7.xml"] == wanted["7.xml"]);
    schema
        .client
        .batch_execute("CREATE TABLE cased.note (person_id bigint)")
        .expect("a table");
    let (_, error, _) = schema.import(&[]);
    let error = error.expect("two tables of notes").to_string();
    assert!(error.contains("differ by capital letters"), "{error}");
}

/// The address with another host and further words.
fn encrypted(address: &str, host: &str, port: &str, more: &str) -> PathBuf {
    let (base, query) = address.split_once('?').unwrap_or((address, ""));
    let (start, rest) = base.split_once('@').expect("a user");
    let database = rest.rsplit_once('/').expect("a database").1;
    let query: Vec<&str> = query
        .split('&')
        .filter(|pair| !["host", "port", ""].contains(&pair.split('=').next().unwrap_or_default()))
        .collect();
    let query = query.join("&");
    PathBuf::from(format!("{start}@{host}:{port}/{database}?{query}&{more}"))
}

#[test]
fn a_server_is_asked_over_tls_by_those_who_trust_it() {
    let Some(address) = needed("MEDALIGN_POSTGRES") else {
        return;
    };
    let mut schema = Schema::new(&address, "sealed");
    schema.load(noted().0.path());
    let mut show = |what: &str| -> String {
        let row = schema.client.query_one(&format!("SHOW {what}"), &[]);
        row.expect("a setting").get(0)
    };
    if show("ssl") != "on" {
        println!("skipped: the server has no certificate");
        return;
    }
    let (port, own, signer) = (show("port"), show("ssl_cert_file"), show("ssl_ca_file"));
    let import = |host: &str, more: &str| {
        let out = tempfile::tempdir().expect("a temporary folder");
        let address = encrypted(&schema.address, host, &port, more);
        let (_, error) = import_omop(&address, out.path(), &[]);
        error.map(|e| format!("{e}; {}", e.hint_text().unwrap_or_default()))
    };
    for mode in ["require", "verify-ca", "verify-full", "prefer"] {
        let trusting = format!("sslmode={mode}&sslrootcert={signer}");
        assert_eq!(import("localhost", &trusting), None, "{mode}");
        // The certificate is for localhost.
        let error = import("127.0.0.1", &trusting).expect("another name");
        assert!(error.contains("for another host"), "{mode}: {error}");
        // Whoever trusts the certificate itself has no need of its name.
        let own = format!("sslmode={mode}&sslrootcert={own}");
        assert_eq!(import("127.0.0.1", &own), None, "{mode}");
        let error = import("localhost", &format!("sslmode={mode}")).expect("untrusted");
        assert!(
            error.contains("signed by nobody who is trusted") && error.contains("sslmode=disable"),
            "{mode}: {error}"
        );
    }
    assert_eq!(import("localhost", "sslmode=disable"), None);
    let error = import("localhost", "sslrootcert=Cargo.toml").expect("no certificate");
    assert!(error.contains("PEM"), "{error}");
}
