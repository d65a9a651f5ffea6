//! The index on disk: only what changed is read again, damage is mended, nobody else may read it, a cancelled build is undone.

use std::fs;

use super::{hits, make, opened, set_age, small, write_record};
use crate::search::build::{build, delete, state};
use crate::search::{Engine, State};
use crate::work::Cancel;

#[test]
fn only_what_changed_is_indexed_again() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    let engine = Engine::open(&place).expect("an index");
    let again = make(&dataset, &place);
    assert_eq!((again.indexed, again.kept, again.removed), (0, 3, 0));
    let ehrs = root.path().join("data/ehrs");
    write_record(
        &ehrs,
        "2",
        &[("note", "", "Progress", "2019-01-01 10:00", "Zebra seen")],
    );
    write_record(
        &ehrs,
        "4",
        &[("note", "", "Progress", "2019-01-01 10:00", "Zebra again")],
    );
    fs::remove_file(ehrs.join("3.xml")).expect("removed");
    let (dataset, _) = opened(root.path());
    assert_eq!(
        state(&dataset, &place, false),
        State::Ready {
            records: 3,
            events: 6,
            stale: 2,
            gone: 1
        }
    );
    let changed = make(&dataset, &place);
    assert_eq!((changed.indexed, changed.kept, changed.removed), (2, 1, 1));
    assert_eq!(
        hits(&engine, "zebra"),
        Vec::<String>::new(),
        "an open reader sees the commit it was opened on"
    );
    engine.refresh().expect("reloaded");
    assert_eq!(hits(&engine, "zebra"), ["2/0", "4/0"]);
    assert_eq!(hits(&engine, "warfarin"), ["1/1"]);
    assert_eq!(hits(&engine, "knee"), Vec::<String>::new());
    assert!(delete(&place).expect("deleted"));
    assert_eq!(state(&dataset, &place, false), State::Missing);
}

#[test]
fn an_unreadable_record_is_named_and_left_out() {
    let root = tempfile::tempdir().expect("a folder");
    small(root.path());
    fs::write(root.path().join("data/ehrs/5.xml"), "no record").expect("written");
    set_age(&root.path().join("data/ehrs/5.xml"), 60);
    let (dataset, place) = opened(root.path());
    let built = make(&dataset, &place);
    assert_eq!((built.indexed, built.notices.len()), (3, 1));
    assert!(
        state(&dataset, &place, false).is_current(),
        "it is not tried again before it changes"
    );
}

#[test]
fn a_damaged_index_is_made_anew() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    let data = place.folder().join("data");
    let largest = |ending: &str| {
        let files = fs::read_dir(&data)
            .expect("a folder")
            .flatten()
            .map(|f| f.path());
        let own = files.filter(|p| p.extension().is_some_and(|e| e == ending));
        own.max_by_key(|p| p.metadata().map_or(0, |m| m.len()))
            .expect("such a file")
    };
    let damages: [(&str, &dyn Fn()); 5] = [
        ("cut", &|| {
            let path = largest("idx");
            let bytes = fs::read(&path).expect("readable");
            fs::write(path, &bytes[..bytes.len() / 2]).expect("written");
        }),
        ("flipped", &|| {
            let path = largest("pos");
            let mut bytes = fs::read(&path).expect("readable");
            bytes[0] ^= 0xff;
            fs::write(path, bytes).expect("written");
        }),
        ("file gone", &|| {
            fs::remove_file(largest("term")).expect("removed");
        }),
        ("meta gone", &|| {
            fs::remove_file(data.join("meta.json")).expect("removed");
        }),
        ("meta other", &|| {
            fs::write(data.join("meta.json"), "{}").expect("written");
        }),
    ];
    for (name, damage) in damages {
        make(&dataset, &place);
        damage();
        assert!(
            matches!(state(&dataset, &place, true), State::Damaged(_)),
            "{name}"
        );
        let built = make(&dataset, &place);
        assert!(
            built.anew.is_some() && built.indexed == 3,
            "{name}: {built:?}"
        );
        let engine = Engine::open(&place).expect("an index");
        assert_eq!(hits(&engine, "zebra stroke -basal"), ["1/2"], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn the_index_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    let mut folders = vec![root.path().join("cache/index")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        assert_eq!(
            folder.metadata().expect("there").permissions().mode() & 0o777,
            0o700,
            "{}",
            folder.display()
        );
        for item in fs::read_dir(folder).expect("a folder").flatten() {
            if item.path().is_dir() {
                folders.push(item.path());
            } else {
                seen += 1;
                let mode = item.metadata().expect("there").permissions().mode() & 0o777;
                assert_eq!(mode, 0o600, "{}", item.path().display());
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

#[test]
fn cancelling_leaves_the_last_commit() {
    let root = tempfile::tempdir().expect("a folder");
    let (dataset, place) = small(root.path());
    make(&dataset, &place);
    write_record(
        &root.path().join("data/ehrs"),
        "2",
        &[("note", "", "Progress", "2019-01-01 10:00", "Zebra seen")],
    );
    let (dataset, _) = opened(root.path());
    let cancel = Cancel::default();
    cancel.ask();
    let built = build(&dataset, &place, false, &mut |_| {}, &cancel).expect("cancelled");
    assert!(built.cancelled);
    let engine = Engine::open(&place).expect("an index");
    assert_eq!(hits(&engine, "knee"), ["2/1"]);
    assert_eq!(make(&dataset, &place).indexed, 1);
}
