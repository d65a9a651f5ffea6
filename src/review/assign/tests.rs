use proptest::prelude::*;

use super::*;

const SPECIALTIES: [&str; 4] = ["", "Neurology", "Cardiology", "Surgery"];

fn reader(n: usize, specialty: &str) -> Reader {
    Reader {
        name: format!("r{n}"),
        specialties: Some(specialty.to_owned())
            .filter(|s| !s.is_empty())
            .into_iter()
            .collect(),
        aliases: Vec::new(),
    }
}

fn case(n: usize, specialty: &str, barred: Vec<bool>) -> Wanted {
    Wanted {
        key: CaseKey {
            instruction: n.to_string(),
            person: "7".to_owned(),
        },
        specialty: specialty.to_owned(),
        begun: vec![false; barred.len()],
        barred,
    }
}

fn wishes(overlap: Share, again: Share) -> Wishes {
    Wishes {
        overlap,
        readers: 3,
        again,
        by_specialty: true,
        seed: 7,
    }
}

fn loads(sharing: &Sharing) -> Vec<usize> {
    sharing.queues.iter().map(Vec::len).collect()
}

#[test]
fn the_study_is_shared_as_it_was() {
    // 303 cases, 50 of them read by three of nine clinicians: 403 readings.
    let specialties = ["Internal Medicine", "Radiology", "Neurology"];
    let reviewers: Vec<Reader> = (0..9).map(|n| reader(n, specialties[n % 3])).collect();
    let cases: Vec<Wanted> = (0..303)
        .map(|n| case(n, specialties[n % 3], (0..9).map(|r| r == n % 9).collect()))
        .collect();
    let sharing = share(
        &reviewers,
        &cases,
        &wishes(Share::Count(50), Share::Percent(10.0)),
    );
    let loads = loads(&sharing);
    assert_eq!(loads.iter().sum::<usize>(), 403);
    assert!(loads.iter().all(|l| (44..=45).contains(l)), "{loads:?}");
    let several = sharing.readers.iter().filter(|r| r.len() == 3).count();
    assert_eq!(several, 50);
    // Two others of the case's specialty may read it: singles stay within it, a third reader cannot.
    let plan = sharing.plan(&reviewers, &cases);
    let first = plan.rows.iter().filter(|r| r.pass == Pass::First);
    let other = first.filter(|r| r.same_specialty == Some(false)).count();
    assert_eq!(other, 50);
    for (r, queue) in sharing.queues.iter().enumerate() {
        assert!(queue.iter().all(|c| c % 9 != r), "not one's own");
        assert_eq!(sharing.again[r].len(), Share::Percent(10.0).of(queue.len()));
        let place = |c: &usize| queue.iter().position(|q| q == c).expect("in the queue");
        let gaps = sharing.again[r].iter().enumerate();
        assert!(
            gaps.map(|(i, c)| queue.len() + i - place(c))
                .all(|gap| gap >= queue.len() / 2)
        );
    }
    let again = share(
        &reviewers,
        &cases,
        &wishes(Share::Count(50), Share::Percent(10.0)),
    );
    assert_eq!(sharing, again);
}

#[test]
fn what_was_begun_stays() {
    let reviewers = [reader(0, ""), reader(1, "")];
    let mut cases: Vec<Wanted> = (0..6).map(|n| case(n, "", vec![false, false])).collect();
    for case in &mut cases[..4] {
        case.begun[0] = true;
    }
    let sharing = share(
        &reviewers,
        &cases,
        &wishes(Share::Count(0), Share::Count(0)),
    );
    assert_eq!(loads(&sharing), [4, 2]);
    let mut begun = sharing.queues[0].clone();
    begun.sort_unstable();
    assert_eq!(begun, [0, 1, 2, 3]);
}

#[test]
fn shares_are_read() {
    assert_eq!(Share::parse("50").map(|s| s.of(303)), Ok(50));
    assert_eq!(Share::parse(" 16.5% ").map(|s| s.of(303)), Ok(50));
    assert_eq!(Share::parse("100%").map(|s| s.of(3)), Ok(3));
    for wrong in ["", "x", "-1", "101%", "%", "NaN%"] {
        assert!(Share::parse(wrong).is_err(), "{wrong}");
    }
}

/// The least cost of one reader a case over all ways to share them: loads first, then specialties.
fn best(reviewers: &[Reader], cases: &[Wanted]) -> Option<(usize, i64)> {
    fn go(
        reviewers: &[Reader],
        cases: &[Wanted],
        load: &mut Vec<usize>,
        cost: i64,
        best: &mut Option<(usize, i64)>,
    ) {
        let Some((case, rest)) = cases.split_first() else {
            let found = (load.iter().map(|l| l * l).sum(), cost);
            *best = Some(best.map_or(found, |b| b.min(found)));
            return;
        };
        for r in (0..reviewers.len()).filter(|&r| !case.barred[r]) {
            load[r] += 1;
            let other = i64::from(reviewers[r].knows(&case.specialty) == Some(false));
            go(reviewers, rest, load, cost + other, best);
            load[r] -= 1;
        }
    }
    let mut found = None;
    go(
        reviewers,
        cases,
        &mut vec![0; reviewers.len()],
        0,
        &mut found,
    );
    found
}

proptest! {
    #[test]
    fn no_way_to_share_is_better(
        specialties in proptest::collection::vec(0usize..4, 3),
        drawn in proptest::collection::vec((0usize..4, proptest::collection::vec(any::<bool>(), 3)), 1..7),
        seed in any::<u64>(),
    ) {
        let reviewers: Vec<Reader> = (0..).zip(&specialties).map(|(n, s)| reader(n, SPECIALTIES[*s])).collect();
        let mut cases: Vec<Wanted> = Vec::new();
        for (n, (s, barred)) in (0..).zip(&drawn) {
            if barred.iter().any(|b| !b) {
                cases.push(case(n, SPECIALTIES[*s], barred.clone()));
            }
        }
        let wishes = Wishes { seed, ..wishes(Share::Count(0), Share::Count(0)) };
        let sharing = share(&reviewers, &cases, &wishes);
        let mut cost = 0;
        for (c, readers) in sharing.readers.iter().enumerate() {
            prop_assert_eq!(readers.len(), 1);
            prop_assert!(!cases[c].barred[readers[0]]);
            cost += i64::from(reviewers[readers[0]].knows(&cases[c].specialty) == Some(false));
        }
        let squares = loads(&sharing).iter().map(|l| l * l).sum();
        prop_assert_eq!(Some((squares, cost)), best(&reviewers, &cases));
    }

    #[test]
    fn several_readers_are_several_people(
        drawn in proptest::collection::vec((0usize..4, proptest::collection::vec(any::<bool>(), 4)), 1..30),
        overlap in 0usize..30,
    ) {
        let reviewers: Vec<Reader> = (0..4).map(|n| reader(n, SPECIALTIES[n])).collect();
        let cases: Vec<Wanted> = (0..).zip(&drawn).map(|(n, (s, barred))| case(n, SPECIALTIES[*s], barred.clone())).collect();
        let sharing = share(&reviewers, &cases, &wishes(Share::Count(overlap), Share::Count(2)));
        for (c, readers) in sharing.readers.iter().enumerate() {
            let may = cases[c].barred.iter().filter(|b| !**b).count();
            prop_assert_eq!(readers.len(), sharing.wanted[c].min(may));
            prop_assert!(readers.iter().all(|&r| !cases[c].barred[r]));
        }
        let read: usize = loads(&sharing).iter().sum();
        prop_assert_eq!(read, sharing.readers.iter().map(Vec::len).sum::<usize>());
    }
}
