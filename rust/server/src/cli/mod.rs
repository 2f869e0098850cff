//! The commands of the `spe-server` program.
