//! Orders that are set, typed and numbered.

use proptest::prelude::*;

use super::*;

const SHOWN: [&str; 5] = ["m0", "m1", "m2", "m3", "m4"];

fn parse(line: &str) -> Result<WeakOrder, String> {
    WeakOrder::parse(line, &SHOWN).map_err(|e| e.to_string())
}

fn again(line: &str) -> String {
    parse(line).expect("a rank line").to_line(&SHOWN)
}

#[test]
fn lines_are_read_leniently() {
    assert_eq!(again("B > A = C > D"), "B > A = C > D");
    assert_eq!(again(" b>c=a>d "), "B > A = C > D");
    assert_eq!(again("b, a > c"), "A = B > C");
    assert_eq!(again("bacd"), "B > A > C > D");
    assert_eq!(again("b a = c"), "B > A = C");
    assert_eq!(again("B ≻ A"), "B > A");
    assert_eq!(again(""), "");
}

#[test]
fn errors_name_the_column() {
    for (line, error) in [
        ("B > F", "column 5: no F here, only A to E"),
        ("B > b", "column 5: B comes twice"),
        ("B > > A", "column 5: a letter is missing before `>`"),
        ("B >", "column 3: a letter is missing at the end"),
        ("= A", "column 1: a letter is missing before `=`"),
        (
            "A < B",
            "column 3: `<` is not read: write the best first, with `>`",
        ),
        ("A > 2", "column 5: write letters, `>` and `=` only"),
        ("abb", "column 3: B comes twice"),
    ] {
        assert_eq!(parse(line), Err(error.to_owned()), "{line}");
    }
    let empty = WeakOrder::parse("A", &[]).expect_err("nothing to rank");
    assert_eq!(empty.to_string(), "column 1: there is no response to rank");
}

#[test]
fn more_than_26_responses_take_two_letters() {
    let names: Vec<String> = (0..30).map(|i| format!("m{i}")).collect();
    let shown: Vec<&str> = names.iter().map(String::as_str).collect();
    let order = WeakOrder::parse("AB > b = ad", &shown).expect("a rank line");
    assert_eq!(order.ranks_dense(), [("m27", 1), ("m1", 2), ("m29", 2)]);
    assert_eq!(order.to_line(&shown), "AB > B = AD");
}

#[test]
fn digits_say_the_order_whichever_comes_first_and_however_ties_are_numbered() {
    let by_digits = |digits: &[(&str, usize)]| {
        let mut order = WeakOrder::EMPTY;
        for (model, number) in digits {
            order.set(model, *number);
        }
        order.to_line(&SHOWN)
    };
    assert_eq!(by_digits(&[("m2", 3), ("m0", 1), ("m1", 2)]), "A > B > C");
    assert_eq!(by_digits(&[("m0", 1), ("m1", 1), ("m2", 2)]), "A = B > C");
    assert_eq!(by_digits(&[("m2", 3), ("m1", 1), ("m0", 1)]), "A = B > C");
    assert_eq!(by_digits(&[("m0", 2), ("m1", 2), ("m0", 1)]), "A > B");
    let mut order = WeakOrder::EMPTY;
    assert!(!order.set("m0", 0) && !order.set("m0", MOST + 1) && order.set("m0", MOST));
}

#[test]
fn moves_split_ties_and_never_make_them() {
    let moved = |line: &str, act: &dyn Fn(&mut WeakOrder) -> bool| {
        let mut order = parse(line).expect("a rank line");
        let changed = act(&mut order);
        (order.to_line(&SHOWN), changed)
    };
    let c = |order: &mut WeakOrder| order.better("m2");
    assert_eq!(moved("A > B = C > D", &c).0, "A > C > B > D");
    assert_eq!(moved("A > B > C", &c).0, "A > C > B");
    assert_eq!(moved("A = B > C", &c).0, "C > A = B");
    assert_eq!(moved("C > A", &c), ("C > A".to_owned(), false));
    assert_eq!(moved("A > B", &c).0, "A > B > C");
    let b = |order: &mut WeakOrder| order.worse("m1");
    assert_eq!(moved("A > B = C > D", &b).0, "A > C > B > D");
    assert_eq!(moved("A > B > C = D", &b).0, "A > C = D > B");
    assert_eq!(moved("A > B", &b), ("A > B".to_owned(), false));
    let tie = |order: &mut WeakOrder| order.tie_above("m3");
    assert_eq!(moved("A > B > D > C", &tie).0, "A > B = D > C");
    assert_eq!(moved("A = B > C = D", &tie).0, "A = B = D > C");
    assert_eq!(moved("D > A", &tie), ("D > A".to_owned(), false));
    assert_eq!(moved("A > B", &tie).0, "A > B = D");
    assert_eq!(moved("", &tie).0, "D");
}

#[test]
fn a_tie_leaves_the_numbers_of_the_others() {
    let mut order = WeakOrder::EMPTY;
    order.set("m0", 5);
    order.tie_above("m1");
    order.set("m2", 3);
    assert_eq!(order.to_line(&SHOWN), "C > A = B", "3 is better than 5");
    order.tie_above("m0");
    assert_eq!(order.level("m0"), Some(3));
    assert_eq!(order.level("m1"), Some(5));
}

#[test]
fn what_the_program_numbers_are_ranks() {
    let mut order = parse("A = B > C > D").expect("a rank line");
    let numbers = |order: &WeakOrder| SHOWN.map(|m| order.level(m).unwrap_or(0));
    assert_eq!(
        numbers(&order),
        [1, 1, 3, 4, 0],
        "D is the fourth, not the third"
    );
    order.better("m3");
    assert_eq!(numbers(&order), [1, 1, 4, 3, 0]);
    // What is typed stays as it was typed, so that the same digit ties with it.
    order.set("m4", 2);
    assert_eq!(numbers(&order), [1, 1, 4, 3, 2]);
    assert_eq!(order.to_line(&SHOWN), "A = B > E > D > C");
    assert_eq!(SHOWN.map(|m| order.rank(m)), [1, 1, 5, 4, 3].map(Some));
    let levels = order.closed();
    assert_eq!(numbers(&levels), [1, 1, 5, 4, 3]);
    assert_eq!(numbers(&order.only(|m| m != "m0")), [0, 1, 4, 3, 2]);
}

#[test]
fn ranks_are_numbered_three_ways() {
    let order = parse("B > A = C > D").expect("a rank line");
    let numbers = |ranks: Vec<(&str, u32)>| ranks.into_iter().map(|r| r.1).collect::<Vec<_>>();
    assert_eq!(numbers(order.ranks_competition()), [1, 2, 2, 4]);
    assert_eq!(numbers(order.ranks_dense()), [1, 2, 2, 3]);
    let average: Vec<f64> = order.ranks_average().into_iter().map(|r| r.1).collect();
    assert_eq!(average, [1.0, 2.5, 2.5, 4.0]);
    assert_eq!(order.missing(&SHOWN), ["m4"]);
}

#[test]
fn an_incorrect_response_above_a_correct_one_is_told() {
    let verdict = |model: &str| match model {
        "m0" | "m1" => Some(Verdict::Correct),
        "m2" | "m3" => Some(Verdict::Incorrect),
        _ => None,
    };
    let found = |line: &str| -> Vec<(String, String, bool)> {
        let all = parse(line).expect("a rank line").contradictions(verdict);
        all.into_iter()
            .map(|c| (c.incorrect, c.correct, c.tied))
            .collect()
    };
    assert_eq!(found("A > B > C > D"), []);
    let pair = |a: &str, b: &str, tied| (a.to_owned(), b.to_owned(), tied);
    assert_eq!(
        found("C > A = D > E"),
        [pair("m2", "m0", false), pair("m3", "m0", true)]
    );
}

fn any_order() -> impl Strategy<Value = WeakOrder> {
    proptest::collection::vec(0usize..7, SHOWN.len()).prop_map(|numbers| {
        let mut order = WeakOrder::EMPTY;
        for (model, number) in SHOWN.iter().zip(numbers) {
            order.set(model, number);
        }
        order
    })
}

proptest! {
    #[test]
    fn lines_come_back(order in any_order()) {
        let back = parse(&order.to_line(&SHOWN)).expect("a rank line");
        prop_assert_eq!(back.ranks_dense().len(), order.len());
        for model in SHOWN {
            let dense = |o: &WeakOrder| o.ranks_dense().into_iter().find(|r| r.0 == model).map(|r| r.1);
            prop_assert_eq!(dense(&back), dense(&order));
        }
        prop_assert_eq!(WeakOrder::from_levels(order.levels()), order);
    }

    #[test]
    fn ranks_are_what_their_names_say(order in any_order()) {
        let (competition, dense, average) =
            (order.ranks_competition(), order.ranks_dense(), order.ranks_average());
        let total: f64 = average.iter().map(|r| r.1).sum();
        let n = order.len() as f64;
        prop_assert!((total - n * (n + 1.0) / 2.0).abs() < 1e-9);
        for (i, (model, rank)) in competition.iter().enumerate() {
            let better = dense.iter().filter(|d| d.1 < dense[i].1).count();
            prop_assert_eq!(*rank as usize, better + 1);
            prop_assert_eq!((*model, dense[i].0), (dense[i].0, average[i].0));
        }
    }

    #[test]
    fn moves_keep_the_others_in_order(order in any_order(), which in 0..SHOWN.len(), act in 0..5usize, to in 1..9usize) {
        let model = SHOWN[which];
        let mut next = order.clone();
        let changed = match act {
            0 => next.better(model),
            1 => next.worse(model),
            2 => next.tie_above(model),
            3 => next.clear(model),
            _ => next.set(model, to),
        };
        prop_assert_eq!(changed, next != order);
        prop_assert!(next.levels().last().is_none_or(|l| !l.is_empty()));
        let others = |o: &WeakOrder| {
            let mut o = o.closed();
            o.clear(model);
            o.closed().to_line(&SHOWN)
        };
        prop_assert_eq!(others(&next), others(&order));
        prop_assert_eq!(next.level(model).is_none(), act == 3);
    }

    #[test]
    fn any_line_is_read_or_refused_at_a_place_in_it(line in "[a-zA-Z >=<,;1é]{0,20}") {
        if let Err(e) = WeakOrder::parse(&line, &SHOWN) {
            prop_assert!((1..=line.chars().count()).contains(&e.column), "{}", e);
        }
    }
}
