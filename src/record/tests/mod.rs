//! Records as files have them: hostile ones, generated corpora and the public sample, read, written and searched for
//! passages. What is generated needs the environment variable `MEDALIGN_SHARED`; without it the tests say so and pass.

mod converted;
mod corpus;
mod evidence;
mod hostile;
