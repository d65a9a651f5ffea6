//! Words of a text: how many, and how alike two are.
//!
//! In: text as a person or a model wrote it. Out: numbers. Never: a stem, a lemma or a guess at what a word means.

/// How many words a text has: between white space, and each sign of a script that writes words of one or two signs without any.
pub(crate) fn word_count(text: &str) -> usize {
    let in_word = |word: &str| {
        let (mut count, mut letters) = (0, false);
        for c in word.chars() {
            if is_ideograph(c) {
                count += 1 + usize::from(std::mem::take(&mut letters));
            } else {
                letters |= c.is_alphanumeric();
            }
        }
        (count + usize::from(letters)).max(1)
    };
    text.split_whitespace().map(in_word).sum()
}

/// Chinese characters and kana.
fn is_ideograph(c: char) -> bool {
    matches!(c as u32, 0x3005..=0x3007 | 0x3041..=0x30fa | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0x2_0000..=0x3_ffff)
}

/// Whether two words differ by at most so many letters added, removed, changed or swapped with their neighbour.
pub(crate) fn within(a: &str, b: &str, most: usize) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > most {
        return false;
    }
    let mut before = vec![0; b.len() + 1];
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let change = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            next[j] = change.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                next[j] = next[j].min(before[j - 2] + 1);
            }
        }
        before = row;
        row = next;
    }
    row[b.len()] <= most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_scripts_without_spaces() {
        for (text, words) in [
            ("", 0),
            ("  no  fever - today ", 4),
            ("患者有中风病史。", 7),
            ("患者の INR は2.4です。", 8),
            ("CT平扫、无出血", 6),
            ("МРТ головного мозга", 3),
            ("뇌졸중 병력이 있다", 3),
        ] {
            assert_eq!(word_count(text), words, "{text}");
        }
    }
}
