//! Bench.
use crate::layout::Layout;
pub(crate) fn all(_layout: &Layout) -> anyhow::Result<()> { Ok(()) }
