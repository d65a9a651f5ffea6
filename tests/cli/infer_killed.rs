//! Models answer: runs that are killed or interrupted, and go on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex};

use super::infer::{Server, dataset, lines, prompt, said};
use super::*;

/// How many times a run is killed, and of how many requests it is: small for every day, larger by `MEDALIGN_KILLS`
/// (`MEDALIGN_KILLS=100` is 100 times in 300 requests).
fn size() -> (usize, usize) {
    let kills = std::env::var("MEDALIGN_KILLS").ok();
    let kills = kills.and_then(|n| n.parse().ok()).unwrap_or(12);
    (kills, 3 * kills.max(20))
}

/// kill -9 at random moments: after resuming, each case has one answer, and none that was on the disk was asked for twice.
#[test]
fn a_run_that_is_killed_goes_on() {
    let (kills, cases) = size();
    let shell = Shell::new();
    dataset(&shell, cases);
    let server = Server::new(|_| said("Yes, a cough."));
    let args = [
        "infer",
        "clinic",
        "--endpoint",
        &server.url,
        "--model",
        "m",
        "--context",
        "700",
        "--jobs",
        "4",
    ];
    let mut acknowledged: BTreeMap<String, usize> = BTreeMap::new();
    let mut chance: u64 = 0x9e37_79b9_7f4a_7c15;
    for _ in 0..kills {
        let mut child = shell
            .command(&args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("started");
        // Anywhere between before the first request and after a handful, and then somewhere within the next one.
        chance = chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        let (requests, spins) = ((chance >> 33) % 6, (chance >> 40) % 4096);
        let before = server.asked().len();
        while server.asked().len() < before + requests as usize
            && child.try_wait().expect("a child").is_none()
        {
            std::thread::yield_now();
        }
        (0..spins).for_each(|_| std::hint::spin_loop());
        child.kill().expect("killed");
        child.wait().expect("ended");
        for line in lines(&shell, "m") {
            let id = line["instruction"].as_str().expect("an id").to_owned();
            acknowledged
                .entry(id)
                .or_insert_with(|| server.asked().len());
        }
    }
    assert!(
        !acknowledged.is_empty() && acknowledged.len() < cases,
        "{} of {cases}",
        acknowledged.len()
    );
    let ran = shell.run(&args);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains(&format!("{cases} of {cases} cases")),
        "{ran:?}"
    );
    let all = lines(&shell, "m");
    let ids: BTreeSet<&str> = all
        .iter()
        .map(|l| l["instruction"].as_str().expect("an id"))
        .collect();
    assert_eq!((all.len(), ids.len()), (cases, cases));
    let asked = server.asked();
    for (id, known_at) in acknowledged {
        let question = format!("number {}:", &id[1..]);
        assert!(
            !asked[known_at..]
                .iter()
                .any(|b| prompt(b).contains(&question)),
            "{id} was asked again"
        );
    }
}

/// Ctrl-C: what is under way is finished and written, nothing more is asked, and the next run does the rest.
#[cfg(unix)]
#[test]
fn an_interrupted_run_finishes_what_is_under_way() {
    let shell = Shell::new();
    dataset(&shell, 12);
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let held = gate.clone();
    let server = Server::new(move |_| {
        let (open, opened) = &*held;
        let open = open.lock().expect("no panic");
        drop(opened.wait_while(open, |open| !*open).expect("no panic"));
        said("Yes, a cough.")
    });
    let args = [
        "infer",
        "clinic",
        "--endpoint",
        &server.url,
        "--model",
        "m",
        "--jobs",
        "3",
    ];
    let child = shell
        .command(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    while server.asked().len() < 3 {
        std::thread::yield_now();
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("interrupted");
    let (open, opened) = &*gate;
    *open.lock().expect("no panic") = true;
    opened.notify_all();
    let ran = Ran::of(&child.wait_with_output().expect("ended"));
    assert!(
        ran.code == 1 && ran.err.contains("goes on where this one stopped"),
        "{ran:?}"
    );
    // What was asked was written, to the last; the signal is there before the answers are, or hardly later.
    let asked = server.asked().len();
    assert_eq!(lines(&shell, "m").len(), asked);
    assert!((3..12).contains(&asked), "{asked}");
    let ran = shell.run(&args);
    assert!(
        ran.code == 0 && ran.out.contains(&format!("{asked} known before")),
        "{ran:?}"
    );
    assert_eq!((server.asked().len(), lines(&shell, "m").len()), (12, 12));
}
