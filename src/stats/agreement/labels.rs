//! Agreement on labels of any kind and number, such as correct, partly correct and incorrect.
//!
//! In: units with one label a rater or none. Out: the nominal coefficients; sums of cases can be added up, so that cases
//! can be resampled. No label is nearer to one than to another.

use super::{Agreement, Coincidences, Scale, Votes};

/// What units' labels add up to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Labels {
    levels: Vec<String>,
    votes: Votes,
    pairs: Coincidences,
}

impl Labels {
    /// No unit yet, of labels that are among these.
    pub(crate) fn new<S: Into<String>>(levels: impl IntoIterator<Item = S>) -> Self {
        let mut levels: Vec<String> = levels.into_iter().map(Into::into).collect();
        levels.sort_unstable();
        levels.dedup();
        let values: Vec<Option<f64>> = (0..levels.len()).map(|l| Some(l as f64)).collect();
        Labels {
            votes: Votes::new(levels.len()),
            pairs: Coincidences::new(&[values]),
            levels,
        }
    }

    /// All units; the levels are the labels that occur.
    #[cfg(test)]
    pub(crate) fn of(units: &[Vec<Option<&str>>]) -> Self {
        let mut labels = Labels::new(units.iter().flatten().copied().flatten());
        for unit in units {
            labels.add(unit);
        }
        labels
    }

    /// The levels, sorted.
    pub(crate) fn levels(&self) -> &[String] {
        &self.levels
    }

    /// Adds one unit's labels; what is not among the levels is left out.
    pub(crate) fn add(&mut self, unit: &[Option<&str>]) {
        let level = |label: Option<&str>| {
            let label = label?;
            self.levels.binary_search_by(|l| l.as_str().cmp(label)).ok()
        };
        let levels: Vec<Option<usize>> = unit.iter().copied().map(level).collect();
        self.votes.add(&levels);
        let numbers: Vec<Option<f64>> = levels.iter().map(|l| l.map(|l| l as f64)).collect();
        self.pairs.add(&numbers);
    }

    /// Adds `times` copies of others over the same levels.
    pub(crate) fn add_times(&mut self, other: &Labels, times: f64) {
        self.votes.add_times(&other.votes, times);
        self.pairs.add_times(&other.pairs, times);
    }

    /// Raw agreement, see [`Votes::raw`].
    pub(crate) fn raw(&self) -> Agreement {
        self.votes.raw()
    }

    /// Fleiss' kappa, see [`Votes::fleiss`].
    pub(crate) fn fleiss(&self) -> Agreement {
        self.votes.fleiss()
    }

    /// Fleiss' kappa with each unit the same, see [`Votes::fleiss_by_unit`].
    pub(crate) fn fleiss_by_unit(&self) -> Agreement {
        self.votes.fleiss_by_unit()
    }

    /// Krippendorff's alpha, nominal.
    pub(crate) fn alpha(&self) -> Agreement {
        self.pairs.alpha(Scale::Nominal)
    }

    /// Gwet's AC1, see [`Votes::gwet_ac1`].
    pub(crate) fn gwet_ac1(&self) -> Agreement {
        self.votes.gwet_ac1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_labels_as_in_the_reference_libraries() {
        let units: Vec<Vec<Option<&str>>> = UNITS
            .lines()
            .map(|line| {
                let cells = line.split_whitespace();
                cells.map(|c| Some(c).filter(|c| *c != "-")).collect()
            })
            .collect();
        let found = Labels::of(&units);
        assert_eq!(found.levels(), ["full", "none", "partly"]);
        for (name, found, expected) in [
            ("fleiss", found.fleiss_by_unit(), FLEISS),
            ("alpha", found.alpha(), ALPHA),
            ("AC1", found.gwet_ac1(), AC1),
        ] {
            let found = found.value.expect("defined");
            assert!((found - expected).abs() < 1e-9, "{name}: {found}");
        }
        // Of the pairs of each unit those that agree: 1, 1/3, 1, 0, 1/3, 1, of six units with two labels or more.
        let raw = found.raw();
        assert_eq!(raw.units, 6);
        assert!((raw.value.expect("units") - 11.0 / 18.0).abs() < 1e-12);
    }

    const UNITS: &str = "full full full\n\
partly partly none\n\
none none -\n\
full partly none\n\
full full partly\n\
none none none\n\
partly - -";
    // irrCAC 0.4.4 and krippendorff 0.9.0 on the same table.
    const FLEISS: f64 = 0.412_671_232_877;
    const ALPHA: f64 = 0.404_255_319_149;
    const AC1: f64 = 0.418_644_067_797;
}
