//! How each number of a report was made.
//!
//! In: nothing. Out: one description a method: what it is, where the formula comes from, how ties and missing values
//! count. Reports name them by id beside each number and list them at the end.

/// A method of a report's number.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    /// A short name, unique among methods.
    pub id: &'static str,
    /// What is computed.
    pub what: &'static str,
    /// Where the formula comes from.
    pub source: &'static str,
    /// How ties count.
    pub ties: &'static str,
    /// How missing values count.
    pub missing: &'static str,
}

/// How many there are.
pub const COUNT: Method = Method {
    id: "count",
    what: "How many there are.",
    source: "plain count",
    ties: "do not matter",
    missing: "counted apart",
};

/// Share of judgements that are correct.
pub const WILSON: Method = Method {
    id: "wilson",
    what: "Share of judgements that are correct, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "left out of the share",
};

/// Share of judgements that are correct.
pub const CLUSTERED_SHARE: Method = Method {
    id: "share-bootstrap",
    what: "Share of judgements that are correct, pooled over reviewers, with the 95% percentile interval of a bootstrap over cases.",
    source: "Efron 1979; cases are resampled with all of their reviewers",
    ties: "do not matter",
    missing: "left out of the share",
};

/// Mean of the ranks as the reviewers numbered them.
pub const RANK_GIVEN: Method = Method {
    id: "mean-rank-given",
    what: "Mean of the ranks as the reviewers numbered them, with the 95% percentile interval of a bootstrap over cases.",
    source: "the MedAlign study's empirical mean; Efron 1979",
    ties: "as numbered by the reviewer",
    missing: "left out of the mean",
};

/// Mean of the ranks after numbering each reviewer's order of a case anew.
pub const RANK_AVERAGED: Method = Method {
    id: "mean-rank-averaged",
    what: "Mean of the ranks after numbering each reviewer's order of a case anew, with the 95% percentile interval of a bootstrap over cases.",
    source: "average (fractional) ranking; Efron 1979",
    ties: "equals share the mean of their places",
    missing: "the models ranked are numbered among themselves",
};

/// Win rate: the plain mean over the other models of the share of decided battles won.
pub const WIN_LEFT_OUT: Method = Method {
    id: "win-rate-ties-left-out",
    what: "Win rate: the plain mean over the other models of the share of decided battles won, with the 95% percentile interval of a bootstrap over cases.",
    source: "the MedAlign study (its table 3 follows from its figure 2); Efron 1979",
    ties: "left out",
    missing: "a battle needs both ranks",
};

/// Win rate: the plain mean over the other models of the share of all battles won.
pub const WIN_HALF: Method = Method {
    id: "win-rate-ties-half",
    what: "Win rate: the plain mean over the other models of the share of all battles won, with the 95% percentile interval of a bootstrap over cases.",
    source: "as above with the common convention for ties; Efron 1979",
    ties: "half a win for either side",
    missing: "a battle needs both ranks",
};

/// Share of decided battles in which the row's model is ranked better.
pub const HEAD_LEFT_OUT: Method = Method {
    id: "head-to-head-ties-left-out",
    what: "Share of decided battles in which the row's model is ranked better.",
    source: "the MedAlign study's figure 2",
    ties: "left out",
    missing: "a battle needs both ranks",
};

/// Share of all battles in which the row's model is ranked better.
pub const HEAD_HALF: Method = Method {
    id: "head-to-head-ties-half",
    what: "Share of all battles in which the row's model is ranked better.",
    source: "common convention",
    ties: "half a win for either side",
    missing: "a battle needs both ranks",
};

/// Bradley-Terry log strength.
pub const STRENGTH: Method = Method {
    id: "bradley-terry",
    what: "Bradley-Terry log strength, summing to 0 over the models, by the MM iteration, with the 95% percentile interval of a bootstrap over cases (samples without finite strengths are left out).",
    source: "Bradley & Terry 1952; Hunter 2004; Efron 1979",
    ties: "half a win for either side",
    missing: "a battle needs both ranks; undefined unless chains of wins join all models both ways",
};

/// Cochran's Q over the cases where every model has a judgement (what most reviewers of a case say).
pub const COCHRAN: Method = Method {
    id: "cochran-q",
    what: "Cochran's Q over the cases where every model has a judgement (what most reviewers of a case say), chi-square p.",
    source: "Cochran 1950",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete cases are left out",
};

/// Friedman's chi-square.
pub const FRIEDMAN: Method = Method {
    id: "friedman",
    what: "Friedman's chi-square, corrected for ties, over the cases where every model has a rank (the mean over a case's reviewers).",
    source: "Friedman 1937; Conover 1999",
    ties: "share the mean of their places, variance corrected",
    missing: "incomplete cases are left out",
};

/// Kendall's W of the cases' orders of the models.
pub const KENDALL_W_ALL: Method = Method {
    id: "kendall-w-cases",
    what: "Kendall's W of the cases' orders of the models, Friedman's chi-square / (n (models - 1)).",
    source: "Kendall & Babington Smith 1939",
    ties: "as in Friedman's test",
    missing: "incomplete cases are left out",
};

/// Difference of the shares correct over the cases where both models have a judgement.
pub const DIFFERENCE: Method = Method {
    id: "paired-difference",
    what: "Difference of the shares correct over the cases where both models have a judgement.",
    source: "plain difference",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out",
};

/// `McNemar`'s exact test of the shares correct.
pub const MCNEMAR: Method = Method {
    id: "mcnemar-exact",
    what: "McNemar's exact test of the shares correct, two-sided p.",
    source: "McNemar 1947; binomial tail",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out",
};

/// `McNemar`'s exact p.
pub const MCNEMAR_HOLM: Method = Method {
    id: "mcnemar-exact-holm",
    what: "McNemar's exact p, adjusted for all pairs of models by Holm's method.",
    source: "Holm 1979",
    ties: "as in the test",
    missing: "undefined tests do not count",
};

/// Wilcoxon's signed-rank test of the ranks (numbered anew within a case).
pub const WILCOXON: Method = Method {
    id: "wilcoxon-pratt",
    what: "Wilcoxon's signed-rank test of the ranks (numbered anew within a case), normal approximation without continuity correction, two-sided p.",
    source: "Wilcoxon 1945; Pratt 1959; Cureton 1967",
    ties: "equal pairs are ranked, then left out; variance corrected",
    missing: "incomplete pairs are left out",
};

/// Wilcoxon's p.
pub const WILCOXON_HOLM: Method = Method {
    id: "wilcoxon-pratt-holm",
    what: "Wilcoxon's p, adjusted for all pairs of models by Holm's method.",
    source: "Holm 1979",
    ties: "as in the test",
    missing: "undefined tests do not count",
};

/// Nemenyi's p after Friedman's test.
pub const NEMENYI: Method = Method {
    id: "nemenyi",
    what: "Nemenyi's p after Friedman's test, from the studentized range with infinite degrees of freedom; already adjusted for all pairs.",
    source: "Nemenyi 1963; Demšar 2006",
    ties: "as in Friedman's test",
    missing: "incomplete cases are left out",
};

/// How many paired cases in all would show the observed difference of the shares correct with power 0.8 at two-sided alpha 0.05.
pub const CASES_NEEDED: Method = Method {
    id: "cases-needed-mcnemar",
    what: "How many paired cases in all would show the observed difference of the shares correct with power 0.8 at two-sided alpha 0.05, not adjusted for several pairs.",
    source: "Connor 1987, Biometrics 43:207; Miettinen 1968",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out",
};

/// Mean over responses of the share of reviewer pairs that agree.
pub const RAW: Method = Method {
    id: "raw-agreement",
    what: "Mean over responses of the share of reviewer pairs that agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "responses with fewer than two judgements are left out",
};

/// Raw agreement of two reviewers.
pub const RAW_PAIR: Method = Method {
    id: "raw-agreement-pair",
    what: "Share of responses on which two reviewers' judgements agree.",
    source: "plain share",
    ties: "do not matter",
    missing: "responses that either did not judge are left out",
};

/// Fleiss' kappa of the judgements.
pub const FLEISS: Method = Method {
    id: "fleiss-kappa",
    what: "Fleiss' kappa of the judgements.",
    source: "Fleiss 1971; with unequal numbers of reviewers each response counts with its own pairs",
    ties: "do not matter",
    missing: "responses with fewer than two judgements are left out",
};

/// Krippendorff's alpha of the judgements.
pub const ALPHA_NOMINAL: Method = Method {
    id: "krippendorff-nominal",
    what: "Krippendorff's alpha of the judgements, nominal.",
    source: "Krippendorff 2011",
    ties: "do not matter",
    missing: "responses with fewer than two judgements are left out",
};

/// Gwet's AC1 of the judgements.
pub const AC1: Method = Method {
    id: "gwet-ac1",
    what: "Gwet's AC1 of the judgements.",
    source: "Gwet 2008",
    ties: "do not matter",
    missing: "responses with fewer than two judgements count for the levels' shares only",
};

/// Krippendorff's alpha of the ranks as given.
pub const ALPHA_ORDINAL: Method = Method {
    id: "krippendorff-ordinal",
    what: "Krippendorff's alpha of the ranks as given, ordinal.",
    source: "Krippendorff 2011",
    ties: "equal ranks agree",
    missing: "responses with fewer than two ranks are left out",
};

/// Kendall's tau-b of two reviewers' ranks of a case.
pub const TAU: Method = Method {
    id: "kendall-tau-b",
    what: "Kendall's tau-b of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's W of the reviewers of a case.
pub const W_REVIEWERS: Method = Method {
    id: "kendall-w-reviewers",
    what: "Kendall's W of the reviewers of a case, corrected for ties, mean over cases.",
    source: "Kendall & Babington Smith 1939",
    ties: "share the mean of their places",
    missing: "models that some reviewer left out are dropped; undefined cases are left out",
};

/// Cohen's kappa of two reviewers' judgements.
pub const COHEN: Method = Method {
    id: "cohen-kappa",
    what: "Cohen's kappa of two reviewers' judgements, unweighted.",
    source: "Cohen 1960",
    ties: "do not matter",
    missing: "responses that either did not judge are left out",
};

/// Kendall's tau-b of two reviewers' ranks.
pub const TAU_PAIR: Method = Method {
    id: "kendall-tau-b-pair",
    what: "Kendall's tau-b of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};
