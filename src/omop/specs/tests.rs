use crate::omop::tables::{TABLES, Table};

#[test]
fn specs_stand_in_the_tables_order() {
    for (i, table) in Table::ALL.iter().enumerate() {
        assert_eq!(*table as usize, i);
        assert!(i < TABLES);
        assert_eq!(Table::from_index(i as u8), Some(*table));
        let spec = table.spec();
        let prefix = table.name().split('_').next().expect("a name");
        assert!(
            spec.columns
                .iter()
                .any(|(_, names)| names.split(' ').any(|n| n.starts_with(prefix))),
            "{}",
            table.name()
        );
        for group in spec.required {
            assert!(group.iter().any(|s| spec.column(*s) != "?"));
        }
        for attribute in spec.attributes {
            for slot in [attribute.concept, attribute.text].into_iter().flatten() {
                assert!(spec.columns.iter().any(|(s, _)| *s == slot));
            }
        }
    }
}

#[test]
fn a_table_has_one_slot_for_a_column() {
    for table in Table::ALL {
        let mut slots: Vec<_> = table.spec().columns.iter().map(|(s, _)| s).collect();
        slots.sort();
        slots.dedup();
        assert_eq!(slots.len(), table.spec().columns.len(), "{}", table.name());
    }
}
