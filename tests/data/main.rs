//! Reading data of every shape: hostile tables and datasets, and corpora with known counts.

mod tables;
