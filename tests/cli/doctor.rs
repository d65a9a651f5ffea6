//! `doctor`: folders, files, settings, and who is at work.

use super::*;

#[test]
fn doctor_names_a_broken_keymap_and_goes_on_after_broken_settings() {
    let shell = Shell::new();
    let config = shell.path("config");
    fs::create_dir(&config).expect("a folder");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&config, fs::Permissions::from_mode(0o700)).expect("ours");
    }
    fs::write(
        config.join("keymap.toml"),
        "[global]\n\"w\" = \"explode\"\n\"F9\" = \"none\"\n",
    )
    .expect("a file");
    let ran = shell.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let keymap = ran
        .out
        .lines()
        .find(|l| l.contains("your keymap"))
        .expect("a line");
    assert!(
        keymap.starts_with('!') && keymap.contains("NOT in force"),
        "{keymap}"
    );
    assert!(
        ran.out.contains("keymap.toml:2: ") && ran.out.contains("keymap.toml:3: "),
        "{}",
        ran.out
    );
    fs::write(config.join("keymap.toml"), "[global]\n\"F9\" = \"undo\"\n").expect("a file");
    let ran = shell.run(&["doctor"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    fs::write(config.join("config.toml"), "ascii = true\nkeymap = vim\n").expect("a file");
    let ran = shell.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let settings = ran
        .out
        .lines()
        .find(|l| l.contains("settings "))
        .expect("a line");
    assert!(
        settings.starts_with('!') && settings.contains("config.toml:2"),
        "{settings}"
    );
    assert!(ran.out.contains("your keymap"), "it goes on: {}", ran.out);
    assert_eq!(
        shell.run(&["keys", "--check", "config/keymap.toml"]).code,
        0
    );
}

#[test]
fn doctor_knows_folders_files_and_who_is_at_work() {
    let shell = Shell::new();
    let dataset = shell.demo();
    let ran = shell.run(&["doctor"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    for part in [
        "config folder",
        "data folder",
        "cache folder",
        "clipboard",
        "locale",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let session = Session {
        reviewer: Reviewer::new("jchen").expect("a fine name"),
        dataset: dataset.name().to_owned(),
        fingerprint: dataset.fingerprint().to_owned(),
        seed: 0,
        texts: Arc::new(Texts::of(dataset.cases())),
    };
    let file = shell.path("clinic/reviews/jchen.jsonl");
    let mut open = Log::open(&file, &session).expect("the review file");
    open.log
        .append(None, Act::Unblind { scope: Scope::All })
        .expect("saved");
    let ran = shell.run(&["doctor", "clinic"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("10 cases"), "{}", ran.out);
    assert!(
        ran.out
            .contains("records are not looked into here, `medalign check clinic` does that"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("2 lines, 0 bad"), "{}", ran.out);
    assert!(ran.out.contains("in use by"), "{}", ran.out);
    assert!(
        ran.out.contains(&format!("process {}", std::process::id())),
        "{}",
        ran.out
    );
    drop(open);
    let ran = shell.run(&["doctor", "clinic"]);
    assert!(!ran.out.contains("in use by"), "{}", ran.out);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::create_dir(shell.path("data")).expect("a folder");
        let open_to_all = fs::Permissions::from_mode(0o755);
        fs::set_permissions(shell.path("data"), open_to_all).expect("our folder");
        let ran = shell.run(&["doctor"]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(ran.out.contains("chmod 700"), "{}", ran.out);
    }
}
