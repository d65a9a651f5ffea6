//! The parts of a query between spaces, before they mean anything: a word, a quote, a filter, a day.

use jiff::civil::Date;

use super::FILTERS;
use crate::search::date;

/// How a quote ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Closed,
    /// With the query.
    Open,
    /// With a `*` behind it.
    Begun,
}

/// One part of a query, between spaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) negative: bool,
    pub(super) filter: Option<&'static str>,
    pub(super) quoted: bool,
    /// How the quote ends.
    pub(super) end: End,
    /// The day that it is.
    pub(super) day: Option<Date>,
    pub(super) text: &'a str,
}

pub(super) struct Parts<'a> {
    pub(super) rest: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Parts { rest: text }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let mut rest = self.rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let mut part = Part {
            negative: false,
            filter: None,
            quoted: false,
            end: End::Closed,
            day: None,
            text: "",
        };
        if let Some(behind) = rest.strip_prefix('-').filter(|b| {
            b.starts_with(|c: char| c.is_alphabetic() || c == '"') || date::leading(b).is_some()
        }) {
            part.negative = true;
            rest = behind;
        }
        if let Some((name, behind)) = rest.split_once(':')
            && let Some(filter) = FILTERS.into_iter().find(|f| f.eq_ignore_ascii_case(name))
        {
            part.filter = Some(filter);
            rest = behind;
        }
        if let Some(inner) = rest.strip_prefix('"') {
            part.quoted = true;
            if !inner.contains('"') {
                part.end = End::Open;
            }
            let (text, behind) = inner.split_once('"').unwrap_or((inner, ""));
            part.text = text;
            self.rest = behind;
            if let Some(rest) = behind.strip_prefix('*') {
                self.rest = rest;
                part.end = End::Begun;
            }
        } else if let Some((end, day)) = date::leading(rest) {
            part.text = &rest[..end];
            part.day = Some(day);
            self.rest = &rest[end..];
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            part.text = &rest[..end];
            self.rest = &rest[end..];
        }
        Some(part)
    }
}
