//! A weak order over a case's responses: ties allowed, some may be unranked.
//!
//! In: keys, rank lines (`B > A = C`), lists of models. Out: orders and rank numbers. Models are named, never placed;
//! letters are only how a line is typed and printed for a given order on the screen.
//!
//! # Rank numbers typed by digit
//! A digit puts a response at that number, and numbers in between may stay free while the reviewer works: 3 for one
//! response, then 1 for another, then 2 for a third gives the order meant, whichever comes first. (Were digits counted among
//! the numbers in use, the 3 alone would become a 1 and the next 1 would tie with it.) Free numbers carry no meaning once
//! ranks are computed, so both habits of numbering ties, 1 1 3 and 1 1 2, say the same order.
//!
//! # Ranks
//! A rank is 1 and as many as are ranked better: 1 2 2 4, as competitions number. So are the ranks of reports and exports, those that the
//! screen shows of a submitted case and of other reviewers, and the numbers that the program gives itself (a rank line, a move, what is
//! taken over). Why not 1 2 2 3: there a rank depends on how the better ones tie, so that a reviewer who ties much gives low numbers to
//! all, and a mean over reviewers or cases says how much was tied beside how good a model is. Nor does it look like the study's numbers:
//! its six mean ranks sum to 21.00, as 1 to 6 do, which numbers without gaps fall below with every tie. (1 2 2 4 does, too, by half a
//! place for each of two; the mean of the places, 1 2.5 2.5 4, never, and stands beside it in the report.)
//! While a case is open, a number is the one that was typed: the same digit has to tie with it.

use std::fmt;

use super::blind::letter;
use super::entry::Verdict;

/// The highest rank number that can be given.
pub(crate) const MOST: usize = 99;

/// An order of models with ties: best first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WeakOrder {
    /// Level `i` holds the models at rank number `i + 1`; a level may be free, the last never is.
    levels: Vec<Vec<String>>,
}

/// What is wrong with a typed rank line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What.
    pub what: String,
}

impl fmt::Display for RankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.what)
    }
}

impl std::error::Error for RankError {}

/// Two responses whose ranks and verdicts do not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The model whose response was judged incorrect.
    pub incorrect: String,
    /// The model whose response was judged correct.
    pub correct: String,
    /// Whether they tie (weaker) or the incorrect one is ranked better.
    pub tied: bool,
}

impl WeakOrder {
    /// No response ranked.
    pub const EMPTY: WeakOrder = WeakOrder { levels: Vec::new() };

    /// The order of a `rank` entry. A model that is named twice counts where it is named first.
    pub fn from_levels(levels: &[Vec<String>]) -> Self {
        let mut order = WeakOrder::EMPTY;
        for (i, level) in levels.iter().enumerate() {
            for model in level {
                if order.level(model).is_none() {
                    order.put(model, i);
                }
            }
        }
        order
    }

    /// The form of a `rank` entry: models, best first; an empty list is a number left free.
    pub fn levels(&self) -> &[Vec<String>] {
        &self.levels
    }

    /// Whether nothing is ranked.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// How many responses are ranked.
    pub fn len(&self) -> usize {
        self.levels.iter().map(Vec::len).sum()
    }

    /// The number given to a model, from 1; free numbers count.
    pub fn level(&self, model: &str) -> Option<usize> {
        self.place(model).map(|i| i + 1)
    }

    /// Puts a model at a rank number from 1 to [`MOST`]; other responses stay where they are. Returns whether it changed.
    pub fn set(&mut self, model: &str, number: usize) -> bool {
        if !(1..=MOST).contains(&number) || self.level(model) == Some(number) {
            return false;
        }
        self.take(model);
        self.put(model, number - 1);
        true
    }

    /// Makes a model unranked. Returns whether it was ranked.
    pub fn clear(&mut self, model: &str) -> bool {
        self.take(model)
    }

    /// Moves a model one place up: out of its tie, or above the level before it. An unranked one comes in last.
    ///
    /// Never makes a tie ([`tie_above`](Self::tie_above) does) and numbers all by their ranks. Returns whether it changed.
    pub fn better(&mut self, model: &str) -> bool {
        self.step(model, true)
    }

    /// Moves a model one place down: out of its tie, or below the level after it. An unranked one comes in last.
    ///
    /// Never makes a tie and numbers all by their ranks. Returns whether it changed.
    pub fn worse(&mut self, model: &str) -> bool {
        self.step(model, false)
    }

    fn step(&mut self, model: &str, up: bool) -> bool {
        let mut next = self.dense();
        let Some(i) = next.place(model) else {
            let last = next.levels.len();
            if last < MOST {
                next.put(model, last);
            }
            return self.turn_into(next.closed());
        };
        let alone = next.levels[i].len() == 1;
        next.levels[i].retain(|m| m != model);
        let at = match (alone, up) {
            (true, true) if i == 0 => 0,
            (true, true) => i - 1,
            // The level left empty at `i` closes below, so the place after the next level is `i + 2`.
            (true, false) => (i + 2).min(next.levels.len()),
            (false, true) => i,
            (false, false) => i + 1,
        };
        next.levels.insert(at, vec![model.to_owned()]);
        next = next.closed();
        self.turn_into(next)
    }

    /// Ties a model with the level above it; an unranked one with the last level. The numbers of all others stay.
    /// Returns whether it changed.
    pub fn tie_above(&mut self, model: &str) -> bool {
        let above = match self.place(model) {
            Some(i) => self.levels[..i].iter().rposition(|l| !l.is_empty()),
            None => Some(self.levels.len().saturating_sub(1)),
        };
        let Some(above) = above else {
            return false;
        };
        self.take(model);
        self.put(model, above);
        true
    }

    fn turn_into(&mut self, next: WeakOrder) -> bool {
        let changed = *self != next;
        *self = next;
        changed
    }

    /// The same order with its ranks for numbers: none is free but those that ties use up.
    #[must_use]
    pub fn closed(&self) -> WeakOrder {
        let mut order = WeakOrder::EMPTY;
        for (model, rank) in self.ranks_competition() {
            order.put(model, rank as usize - 1);
        }
        order
    }

    /// The same order without any free number.
    fn dense(&self) -> WeakOrder {
        WeakOrder {
            levels: self
                .levels
                .iter()
                .filter(|l| !l.is_empty())
                .cloned()
                .collect(),
        }
    }

    /// The order among some of the models, with its ranks for numbers.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&str) -> bool) -> WeakOrder {
        let mut order = self.clone();
        for level in &mut order.levels {
            level.retain(|m| keep(m));
        }
        order.closed()
    }

    /// A model's rank: 1 and as many as are ranked better.
    pub fn rank(&self, model: &str) -> Option<u32> {
        let ranks = self.ranks_competition();
        ranks.into_iter().find(|(m, _)| *m == model).map(|r| r.1)
    }

    /// Ranks as competitions number them: after a tie the numbers it used up are skipped, 1 2 2 4. Best first.
    pub fn ranks_competition(&self) -> Vec<(&str, u32)> {
        let mut before = 0;
        self.ranks(|len| {
            let rank = before + 1;
            before += len;
            rank
        })
    }

    /// Ranks without gaps: 1 2 2 3. Best first.
    pub fn ranks_dense(&self) -> Vec<(&str, u32)> {
        let mut rank = 0;
        self.ranks(|_| {
            rank += 1;
            rank
        })
    }

    /// Ranks whose ties share the mean of the numbers they use up: 1 2.5 2.5 4. Best first.
    pub fn ranks_average(&self) -> Vec<(&str, f64)> {
        let mut before = 0;
        self.ranks(|len| {
            let rank = f64::from(before) + f64::from(len + 1) / 2.0;
            before += len;
            rank
        })
    }

    fn ranks<T: Copy>(&self, mut rank_of: impl FnMut(u32) -> T) -> Vec<(&str, T)> {
        let mut all = Vec::with_capacity(self.len());
        for level in self.levels.iter().filter(|l| !l.is_empty()) {
            let rank = rank_of(level.len() as u32);
            all.extend(level.iter().map(|m| (m.as_str(), rank)));
        }
        all
    }

    /// The models that are not ranked, in the order given.
    pub fn missing<'a>(&self, models: &[&'a str]) -> Vec<&'a str> {
        let unranked = |m: &&&str| self.place(m).is_none();
        models.iter().filter(unranked).copied().collect()
    }

    /// Where ranks and verdicts disagree: an incorrect response above a correct one, or tied with it.
    pub fn contradictions(&self, verdict: impl Fn(&str) -> Option<Verdict>) -> Vec<Contradiction> {
        let judged: Vec<(&str, u32, Option<Verdict>)> = self
            .ranks_dense()
            .into_iter()
            .map(|(model, rank)| (model, rank, verdict(model)))
            .collect();
        let with = |wanted| judged.iter().filter(move |(_, _, v)| *v == Some(wanted));
        let mut found = Vec::new();
        for (incorrect, rank, _) in with(Verdict::Incorrect) {
            for (correct, other, _) in with(Verdict::Correct) {
                if rank <= other {
                    found.push(Contradiction {
                        incorrect: (*incorrect).to_owned(),
                        correct: (*correct).to_owned(),
                        tied: rank == other,
                    });
                }
            }
        }
        found
    }

    /// Reads a rank line for responses shown in this order: `B > A = C > D`, letters in either case.
    ///
    /// Letters without a sign between them read as `>`; a comma and a semicolon read as `=`, `≻` as `>`. A response that
    /// is not named is unranked; an empty line ranks nothing.
    ///
    /// # Errors
    /// Names the column of a letter that is not shown or comes twice, of a sign that lacks a letter, or that is none.
    pub fn parse(line: &str, shown: &[&str]) -> Result<WeakOrder, RankError> {
        let mut order = WeakOrder::EMPTY;
        let mut level = 0;
        let mut sign: Option<usize> = None;
        let mut word = String::new();
        let mut word_at = 1;
        let mut column = 0;
        for c in line.chars().chain([' ']) {
            column += 1;
            let error = |what: String| Err(RankError { column, what });
            if c.is_ascii_alphabetic() {
                if word.is_empty() {
                    word_at = column;
                }
                word.push(c.to_ascii_uppercase());
                continue;
            }
            if !word.is_empty() {
                let (first, at) = (order.is_empty(), word_at);
                let models = letters(&word, shown, at)?;
                for (i, (model, at)) in models.into_iter().enumerate() {
                    if !first && sign.is_none() || i > 0 {
                        level += 1;
                    }
                    if order.level(model).is_some() {
                        let what = format!("{} comes twice", name(model, shown));
                        return Err(RankError { column: at, what });
                    }
                    order.put(model, level);
                    sign = None;
                }
                word.clear();
            }
            match c {
                '>' | '≻' | '=' | ',' | ';' => {
                    if order.is_empty() || sign.is_some() {
                        return error(format!("a letter is missing before `{c}`"));
                    }
                    level += usize::from(matches!(c, '>' | '≻'));
                    sign = Some(column);
                }
                c if c.is_whitespace() => {}
                '<' => return error("`<` is not read: write the best first, with `>`".to_owned()),
                _ => return error("write letters, `>` and `=` only".to_owned()),
            }
        }
        match sign {
            Some(column) => Err(RankError {
                column,
                what: "a letter is missing at the end".to_owned(),
            }),
            None => Ok(order.closed()),
        }
    }

    /// The rank line for responses shown in this order; ties in the order shown. What is not shown is left out.
    pub fn to_line(&self, shown: &[&str]) -> String {
        let levels = self.levels.iter().filter_map(|level| {
            let named: Vec<String> = (0..)
                .zip(shown)
                .filter(|(_, m)| level.iter().any(|l| l == *m))
                .map(|(i, _)| letter(i))
                .collect();
            (!named.is_empty()).then(|| named.join(" = "))
        });
        levels.collect::<Vec<_>>().join(" > ")
    }

    fn place(&self, model: &str) -> Option<usize> {
        self.levels
            .iter()
            .position(|l| l.iter().any(|m| m == model))
    }

    fn take(&mut self, model: &str) -> bool {
        let Some(i) = self.place(model) else {
            return false;
        };
        self.levels[i].retain(|m| m != model);
        while self.levels.last().is_some_and(Vec::is_empty) {
            self.levels.pop();
        }
        true
    }

    fn put(&mut self, model: &str, level: usize) {
        if self.levels.len() <= level {
            self.levels.resize(level + 1, Vec::new());
        }
        self.levels[level].push(model.to_owned());
    }
}

/// The models of a run of letters: one response's name (`AB` of the 28th) or, with 26 or fewer shown, one a letter.
fn letters<'a>(
    word: &str,
    shown: &[&'a str],
    at: usize,
) -> Result<Vec<(&'a str, usize)>, RankError> {
    let named = |wanted: &str| {
        let mut all = (0..).zip(shown);
        all.find(|(i, _)| letter(*i) == wanted).map(|(_, m)| *m)
    };
    let unknown = |letter: &str, column| RankError {
        column,
        what: match shown.len() {
            0 => "there is no response to rank".to_owned(),
            n => format!("no {letter} here, only A to {}", self::letter(n as u32 - 1)),
        },
    };
    if shown.len() > 26 {
        let model = named(word).ok_or_else(|| unknown(word, at))?;
        return Ok(vec![(model, at)]);
    }
    let mut models = Vec::with_capacity(word.len());
    for (i, c) in word.chars().enumerate() {
        let wanted = c.to_string();
        let model = named(&wanted).ok_or_else(|| unknown(&wanted, at + i))?;
        models.push((model, at + i));
    }
    Ok(models)
}

fn name(model: &str, shown: &[&str]) -> String {
    let place = shown.iter().position(|m| *m == model);
    place.map_or_else(String::new, |i| letter(i as u32))
}

#[cfg(test)]
mod tests;
