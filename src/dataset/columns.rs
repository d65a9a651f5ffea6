//! The columns of a dataset's tables and of forms, under every name that they go by.
//!
//! In: nothing; this is the table of names itself. Out: for each column its name in the tables, the headers of web forms
//! that mean it, and the words that tell it when no header does. A new alias is a new word here and nowhere else.

/// A column, by what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Column {
    InstructionId,
    PersonId,
    Question,
    Category,
    Subcategory,
    Specialty,
    Characteristics,
    Context,
    SubmittedAt,
    Source,
    AsOf,
    Filename,
    Model,
    Answer,
    Rank,
    Correct,
    Used,
    Gold,
    Evidence,
    Annotator,
    Reviewer,
    Pass,
    Selected,
    Description,
}

/// What a column is called.
struct Names {
    column: Column,
    /// In a dataset's tables, the name that we write first. Case, blanks and hyphens do not matter.
    tables: &'static [&'static str],
    /// In a form's first line, in lower case and without punctuation.
    form: &'static [&'static str],
    /// Words of a form's header that tell the column when no header is one of `form`.
    words: &'static [&'static str],
}

const fn names(column: Column, tables: &'static [&'static str]) -> Names {
    Names {
        column,
        tables,
        form: &[],
        words: &[],
    }
}

const fn asked(
    column: Column,
    tables: &'static [&'static str],
    form: &'static [&'static str],
    words: &'static [&'static str],
) -> Names {
    Names {
        column,
        tables,
        form,
        words,
    }
}

/// In the order of [`Column`].
static ALL: [Names; 24] = [
    asked(
        Column::InstructionId,
        &["instruction_id"],
        &["instruction id", "id"],
        &[],
    ),
    names(Column::PersonId, &["person_id"]),
    asked(
        Column::Question,
        &["question"],
        &["question", "instruction", "instruction text", "prompt"],
        &["instruction"],
    ),
    asked(
        Column::Category,
        &["category"],
        &["category", "human assigned category"],
        &[],
    ),
    asked(
        Column::Subcategory,
        &["subcategory", "human_assigned_subcategory_1"],
        &[
            "subcategory",
            "human assigned subcategory",
            "human assigned subcategory 1",
        ],
        &[],
    ),
    asked(
        Column::Specialty,
        &["submitter_specialty"],
        &["submitter specialty", "specialty", "speciality"],
        &["specialty", "speciality"],
    ),
    asked(
        Column::Characteristics,
        &["patient_characteristics"],
        &["patient characteristics"],
        &["characteristics"],
    ),
    asked(
        Column::Context,
        &["clinical_context"],
        &["clinical context"],
        &["context"],
    ),
    asked(
        Column::SubmittedAt,
        &["submitted_at"],
        &["timestamp", "submitted at", "completion time"],
        &[],
    ),
    asked(Column::Source, &["source"], &["source"], &[]),
    names(Column::AsOf, &["as_of"]),
    names(Column::Filename, &["filename"]),
    names(Column::Model, &["model_name", "model"]),
    names(
        Column::Answer,
        &["model_response", "model_output", "response"],
    ),
    names(Column::Rank, &["model_rank"]),
    names(Column::Correct, &["binary_correct"]),
    names(Column::Used, &["is_used_eval"]),
    names(Column::Gold, &["clinician_response"]),
    names(Column::Evidence, &["evidence"]),
    names(Column::Annotator, &["annotator_num"]),
    names(Column::Reviewer, &["reviewer"]),
    names(Column::Pass, &["pass"]),
    names(Column::Selected, &["is_selected_ehr"]),
    names(Column::Description, &["description"]),
];

impl Column {
    fn row(self) -> &'static Names {
        let row = &ALL[self as usize];
        debug_assert!(row.column == self, "the table is in the columns' order");
        row
    }

    /// Its names in a dataset's tables, the best known first.
    pub(crate) fn names(self) -> &'static [&'static str] {
        self.row().tables
    }

    /// The name under which it is written.
    pub(crate) fn name(self) -> &'static str {
        self.names()[0]
    }

    /// All names of columns in tables.
    pub(crate) fn all_names() -> impl Iterator<Item = &'static str> {
        ALL.iter().flat_map(|names| names.tables).copied()
    }

    /// The names under which columns are written.
    pub(crate) fn first_names() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|names| names.tables[0])
    }

    /// Whether a header's cell is the name of any column, in tables or forms.
    pub(crate) fn any_is_called(cell: &str) -> bool {
        let cell = cell.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        let same = |name: &str| name.replace(' ', "_") == cell;
        let called = |names: &Names| names.tables.iter().chain(names.form).any(|n| same(n));
        ALL.iter().any(called)
    }

    /// Headers of forms that mean it.
    pub(crate) fn form(self) -> &'static [&'static str] {
        self.row().form
    }

    /// Words of forms' headers that tell it.
    pub(crate) fn words(self) -> &'static [&'static str] {
        self.row().words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_stands_at_its_place_and_no_name_means_two() {
        let mut seen = Vec::new();
        for (i, names) in ALL.iter().enumerate() {
            assert_eq!(names.column as usize, i);
            for name in names.tables {
                assert!(!seen.contains(name), "{name}");
                seen.push(name);
            }
        }
    }
}
