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

/// Share of what there is that is done.
pub const PROGRESS: Method = Method {
    id: "progress",
    what: "Share of what there is that is done.",
    source: "plain share",
    ties: "do not matter",
    missing: "counts as not done",
};

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

/// Mean over responses of the share of reviewer pairs that agree.
pub const RAW: Method = Method {
    id: "raw-agreement",
    what: "Mean over responses of the share of reviewer pairs that agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "responses with fewer than two judgements are left out",
};

/// Kendall's tau-b of two reviewers' ranks of a case.
pub const TAU: Method = Method {
    id: "kendall-tau-b",
    what: "Kendall's tau-b of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's tau-b of two reviewers' ranks.
pub const TAU_PAIR: Method = Method {
    id: "kendall-tau-b-pair",
    what: "Kendall's tau-b of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Share of a model's ranks that are this one.
pub const RANK_SHARE: Method = Method {
    id: "rank-share",
    what: "Share of a model's ranks that are this one.",
    source: "plain share",
    ties: "as numbered by the reviewer",
    missing: "left out of the share",
};

/// Mean of the ranks as the reviewers numbered them, with the normal 95% interval of a mean (mean ± 1.
pub const RANK_IN_KIND: Method = Method {
    id: "mean-rank-normal",
    what: "Mean of the ranks as the reviewers numbered them, with the normal 95% interval of a mean (mean ± 1.96 s/√n); ranks are taken as independent.",
    source: "the MedAlign study's empirical mean",
    ties: "as numbered by the reviewer",
    missing: "left out of the mean",
};

/// Win rate among the cases of this kind: the plain mean over the other models of the share of decided battles won.
pub const WIN_IN_KIND: Method = Method {
    id: "win-rate-within",
    what: "Win rate among the cases of this kind: the plain mean over the other models of the share of decided battles won.",
    source: "the MedAlign study",
    ties: "left out",
    missing: "a battle needs both ranks",
};

/// Share of judged responses in which a reviewer saw the error, with Wilson's 95% score interval.
pub const ERROR_SHARE: Method = Method {
    id: "error-share",
    what: "Share of judged responses in which a reviewer saw the error, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a verdict are left out; no mark counts as no error",
};

/// Share of judged responses for which a reviewer stated the harm, with Wilson's 95% score interval.
pub const HARM_SHARE: Method = Method {
    id: "harm-share",
    what: "Share of judged responses for which a reviewer stated the harm, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a verdict are left out; no statement is no harm level",
};

/// Share of these responses that were judged incorrect, with Wilson's 95% score interval.
pub const WRONG_SHARE: Method = Method {
    id: "incorrect-share",
    what: "Share of these responses that were judged incorrect, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses on which the reviewer is unsure are left out",
};

/// How many paired cases in all, or more than there are, would show the observed difference of the shares correct by `McNemar`'s test with power 0.
pub const CASES_NEEDED: Method = Method {
    id: "cases-needed-mcnemar",
    what: "How many paired cases in all, or more than there are, would show the observed difference of the shares correct by McNemar's test with power 0.8 at two-sided alpha 0.05, for this pair alone.",
    source: "Connor 1987, Biometrics 43:207; Miettinen 1968",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out; undefined when the shares are equal",
};

/// How many paired cases in all would show the difference when alpha 0.
pub const CASES_NEEDED_ALL: Method = Method {
    id: "cases-needed-mcnemar-all",
    what: "How many paired cases in all would show the difference when alpha 0.05 is shared by all pairs of models.",
    source: "Connor 1987; Bonferroni",
    ties: "a split between reviewers counts as missing",
    missing: "incomplete pairs are left out; undefined when the shares are equal",
};

/// Share of the cases with different ranks in which the first model is ranked better (the mean over a case's reviewers, numbered anew).
pub const DECIDED_SHARE: Method = Method {
    id: "decided-share",
    what: "Share of the cases with different ranks in which the first model is ranked better (the mean over a case's reviewers, numbered anew).",
    source: "plain share",
    ties: "left out",
    missing: "incomplete pairs are left out",
};

/// How many paired cases in all, or more than there are, would show by the sign test of the ranks, with power 0.
pub const RANKED_NEEDED: Method = Method {
    id: "cases-needed-sign",
    what: "How many paired cases in all, or more than there are, would show by the sign test of the ranks, with power 0.8 at two-sided alpha 0.05, that one model is ranked better as often as observed, for this pair alone; cases that decide nothing come on top, in the share seen.",
    source: "Noether 1987, JASA 82:645",
    ties: "decide nothing",
    missing: "incomplete pairs are left out; undefined when both are better equally often",
};

/// How many paired cases in all the sign test would need when alpha 0.
pub const RANKED_NEEDED_ALL: Method = Method {
    id: "cases-needed-sign-all",
    what: "How many paired cases in all the sign test would need when alpha 0.05 is shared by all pairs of models.",
    source: "Noether 1987; Bonferroni",
    ties: "decide nothing",
    missing: "incomplete pairs are left out; undefined when both are better equally often",
};

/// The difference of mean ranks beyond which Nemenyi's test calls two models different at alpha 0.
pub const CRITICAL_DIFFERENCE: Method = Method {
    id: "nemenyi-critical-difference",
    what: "The difference of mean ranks beyond which Nemenyi's test calls two models different at alpha 0.05.",
    source: "Nemenyi 1963; Demšar 2006",
    ties: "as in Friedman's test",
    missing: "incomplete cases are left out",
};

/// Share of responses on which two reviewers' judgements agree, with the 95% percentile interval of a bootstrap over cases.
pub const RAW_PAIR: Method = Method {
    id: "raw-agreement-pair",
    what: "Share of responses on which two reviewers' judgements agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "responses that either did not judge are left out",
};

/// Cohen's kappa of two reviewers' judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.
pub const COHEN: Method = Method {
    id: "cohen-kappa",
    what: "Cohen's kappa of two reviewers' judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1960; Efron 1979",
    ties: "do not matter",
    missing: "responses that either did not judge are left out",
};

/// Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), linear weights, with the 95% percentile interval of a bootstrap over cases.
pub const COHEN_LINEAR: Method = Method {
    id: "cohen-kappa-linear",
    what: "Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), linear weights, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1968; Cicchetti & Allison 1971; Efron 1979",
    ties: "share the first of their places",
    missing: "responses that either did not rank are left out",
};

/// Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), quadratic weights, with the 95% percentile interval of a bootstrap over cases.
pub const COHEN_QUADRATIC: Method = Method {
    id: "cohen-kappa-quadratic",
    what: "Cohen's kappa of two reviewers' ranks (numbered anew as 1, 2, 2, 4), quadratic weights, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1968; Fleiss & Cohen 1973; Efron 1979",
    ties: "share the first of their places",
    missing: "responses that either did not rank are left out",
};

/// Fleiss' kappa of the judgements, with the 95% percentile interval of a bootstrap over cases.
pub const FLEISS: Method = Method {
    id: "fleiss-kappa",
    what: "Fleiss' kappa of the judgements, with the 95% percentile interval of a bootstrap over cases.",
    source: "Fleiss 1971; with unequal numbers of reviewers each response counts with its own pairs; Efron 1979",
    ties: "do not matter",
    missing: "responses with fewer than two judgements are left out",
};

/// Krippendorff's alpha of the judgements, nominal, with the 95% percentile interval of a bootstrap over cases.
pub const ALPHA_NOMINAL: Method = Method {
    id: "krippendorff-nominal",
    what: "Krippendorff's alpha of the judgements, nominal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "do not matter",
    missing: "responses with fewer than two judgements are left out",
};

/// Gwet's AC1 of the judgements, with the 95% percentile interval of a bootstrap over cases.
pub const AC1: Method = Method {
    id: "gwet-ac1",
    what: "Gwet's AC1 of the judgements, with the 95% percentile interval of a bootstrap over cases.",
    source: "Gwet 2008; Efron 1979",
    ties: "do not matter",
    missing: "responses with one judgement count for the levels' shares only",
};

/// Krippendorff's alpha of the ranks as given, ordinal, with the 95% percentile interval of a bootstrap over cases.
pub const ALPHA_ORDINAL: Method = Method {
    id: "krippendorff-ordinal",
    what: "Krippendorff's alpha of the ranks as given, ordinal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "equal ranks agree",
    missing: "responses with fewer than two ranks are left out",
};

/// Krippendorff's alpha of the ranks as given, interval, with the 95% percentile interval of a bootstrap over cases.
pub const ALPHA_INTERVAL: Method = Method {
    id: "krippendorff-interval",
    what: "Krippendorff's alpha of the ranks as given, interval, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "equal ranks agree",
    missing: "responses with fewer than two ranks are left out",
};

/// Kendall's tau-c of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.
pub const TAU_C: Method = Method {
    id: "kendall-tau-c",
    what: "Kendall's tau-c of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Stuart 1953; Efron 1979",
    ties: "corrected for (tau-c)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Spearman's rho of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.
pub const RHO: Method = Method {
    id: "spearman-rho",
    what: "Spearman's rho of two reviewers' ranks of a case, mean over the pairs of reviewers of a case, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Spearman 1904; Efron 1979",
    ties: "share the mean of their places",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Kendall's W of the reviewers of a case, corrected for ties, mean over cases, with the 95% percentile interval of a bootstrap over cases.
pub const W_REVIEWERS: Method = Method {
    id: "kendall-w-reviewers",
    what: "Kendall's W of the reviewers of a case, corrected for ties, mean over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall & Babington Smith 1939; Efron 1979",
    ties: "share the mean of their places",
    missing: "models that some reviewer left out are dropped; undefined cases are left out",
};

/// Kendall's tau-c of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.
pub const TAU_C_PAIR: Method = Method {
    id: "kendall-tau-c-pair",
    what: "Kendall's tau-c of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Stuart 1953; Efron 1979",
    ties: "corrected for (tau-c)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Spearman's rho of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.
pub const RHO_PAIR: Method = Method {
    id: "spearman-rho-pair",
    what: "Spearman's rho of two reviewers' ranks, mean over their common cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Spearman 1904; Efron 1979",
    ties: "share the mean of their places",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Share of pairs of reviewers' preferences (better, tied, worse) on the same two responses that agree, with the 95% percentile interval of a bootstrap over cases.
pub const PREFERENCE_RAW: Method = Method {
    id: "preference-agreement",
    what: "Share of pairs of reviewers' preferences (better, tied, worse) on the same two responses that agree, with the 95% percentile interval of a bootstrap over cases.",
    source: "Bojar et al. 2016, WMT; Efron 1979",
    ties: "a tie agrees with a tie",
    missing: "a preference needs both ranks",
};

/// Kappa of the preferences, chance agreement t² + (1 - t)²/2 with t the share of ties, with the 95% percentile interval of a bootstrap over cases.
pub const PREFERENCE_KAPPA: Method = Method {
    id: "preference-kappa",
    what: "Kappa of the preferences, chance agreement t² + (1 - t)²/2 with t the share of ties, with the 95% percentile interval of a bootstrap over cases.",
    source: "Bojar et al. 2016, WMT; Efron 1979",
    ties: "a tie agrees with a tie",
    missing: "a preference needs both ranks",
};

/// Krippendorff's alpha of the harm stated (none, mild, moderate, severe), ordinal, with the 95% percentile interval of a bootstrap over cases.
pub const HARM_ALPHA: Method = Method {
    id: "krippendorff-harm",
    what: "Krippendorff's alpha of the harm stated (none, mild, moderate, severe), ordinal, with the 95% percentile interval of a bootstrap over cases.",
    source: "Krippendorff 2011; Efron 1979",
    ties: "equal levels agree",
    missing: "responses with fewer than two statements are left out",
};

/// Kendall's tau-b of place or length against verdict or rank over the responses of a case (above 0: favoured), mean over reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.
pub const EFFECT_WITHIN_CASE: Method = Method {
    id: "tau-within-case",
    what: "Kendall's tau-b of place or length against verdict or rank over the responses of a case (above 0: favoured), mean over reviewers, then over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "responses without both are left out; a case that judges all alike is undefined and left out",
};

/// Share correct, or mean rank with its sign turned, of a model's longer responses (above its median) less that of its shorter ones, mean over models, with the 95% percentile interval of a bootstrap over cases.
pub const EFFECT_WITHIN_MODEL: Method = Method {
    id: "longer-half",
    what: "Share correct, or mean rank with its sign turned, of a model's longer responses (above its median) less that of its shorter ones, mean over models, with the 95% percentile interval of a bootstrap over cases.",
    source: "median split; Efron 1979",
    ties: "responses of the median length are among the shorter ones",
    missing: "responses without both are left out",
};

/// Share of verdicts that are unsure, with Wilson's 95% score interval.
pub const UNSURE: Method = Method {
    id: "unsure-share",
    what: "Share of verdicts that are unsure, with Wilson's 95% score interval.",
    source: "Wilson 1927",
    ties: "do not matter",
    missing: "responses without a verdict are left out",
};

/// Share a reviewer judges correct less the share that the other reviewers of the same responses do, mean over a case, then over cases, with the normal 95% interval of a mean.
pub const LENIENCY: Method = Method {
    id: "leniency",
    what: "Share a reviewer judges correct less the share that the other reviewers of the same responses do, mean over a case, then over cases, with the normal 95% interval of a mean.",
    source: "paired difference",
    ties: "do not matter",
    missing: "responses that nobody else judged are left out",
};

/// Share of pairs of ranked responses of a case that are tied, mean over cases, with the normal 95% interval of a mean.
pub const TIED: Method = Method {
    id: "tied-share",
    what: "Share of pairs of ranked responses of a case that are tied, mean over cases, with the normal 95% interval of a mean.",
    source: "plain share",
    ties: "are counted",
    missing: "responses without a rank are left out",
};

/// Quartile of the minutes from opening a case to submitting it, pauses included, by linear interpolation.
pub const TIME: Method = Method {
    id: "minutes",
    what: "Quartile of the minutes from opening a case to submitting it, pauses included, by linear interpolation.",
    source: "Hyndman & Fan 1996, type 7",
    ties: "do not matter",
    missing: "cases that are not submitted, or without a time, are left out",
};

/// Kendall's tau-b of a case's place in the order of work against its share correct, its share of tied pairs, or its minutes, and the two-sided p.
pub const DRIFT: Method = Method {
    id: "drift-tau",
    what: "Kendall's tau-b of a case's place in the order of work against its share correct, its share of tied pairs, or its minutes, and the two-sided p.",
    source: "Kendall 1945; Kendall 1970",
    ties: "corrected for (tau-b)",
    missing: "cases without a time or the value are left out",
};

/// Share of responses on which the reviewer's second judgement agrees with the first, with the 95% percentile interval of a bootstrap over cases.
pub const RAW_SELF: Method = Method {
    id: "raw-agreement-self",
    what: "Share of responses on which the reviewer's second judgement agrees with the first, with the 95% percentile interval of a bootstrap over cases.",
    source: "plain share; Efron 1979",
    ties: "do not matter",
    missing: "responses not judged twice are left out",
};

/// Cohen's kappa of a reviewer's first and second judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.
pub const COHEN_SELF: Method = Method {
    id: "cohen-kappa-self",
    what: "Cohen's kappa of a reviewer's first and second judgements, unweighted, with the 95% percentile interval of a bootstrap over cases.",
    source: "Cohen 1960; Efron 1979",
    ties: "do not matter",
    missing: "responses not judged twice are left out",
};

/// Kendall's tau-b of a reviewer's first and second ranks, mean over cases, with the 95% percentile interval of a bootstrap over cases.
pub const TAU_SELF: Method = Method {
    id: "kendall-tau-b-self",
    what: "Kendall's tau-b of a reviewer's first and second ranks, mean over cases, with the 95% percentile interval of a bootstrap over cases.",
    source: "Kendall 1945; Efron 1979",
    ties: "corrected for (tau-b)",
    missing: "models that either left out are left out; an order that ties everything is undefined and left out",
};

/// Median of the days between the first judgements of the two readings.
pub const DAYS: Method = Method {
    id: "days-between",
    what: "Median of the days between the first judgements of the two readings.",
    source: "Hyndman & Fan 1996, type 7",
    ties: "do not matter",
    missing: "readings without a time are left out",
};
