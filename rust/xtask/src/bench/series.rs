//! Samples and their percentiles.

use anyhow::bail;

/// The samples of one measurement.
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) samples: Vec<f64>,
}

impl Series {
    /// Reads a line `series <name> <sample> <sample> ...` of a bench script.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let mut words = line.strip_prefix("series ")?.split_whitespace();
        let name = words.next()?.to_owned();
        // A script that ran under another culture would print a comma.
        let samples = words
            .map(|word| word.replace(',', ".").parse())
            .collect::<Result<_, _>>()
            .ok()?;
        Some(Self { name, samples })
    }

    /// The smallest sample that `percent` of all do not exceed.
    pub(crate) fn percentile(&self, percent: f64) -> anyhow::Result<f64> {
        if self.samples.is_empty() {
            bail!("the series {} is empty", self.name);
        }
        let mut sorted = self.samples.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
        Ok(sorted[rank.clamp(1, sorted.len()) - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::Series;

    #[test]
    fn percentiles_are_samples() {
        let series = Series::parse("series lag 3 1 2 4").unwrap();
        assert_eq!(series.name, "lag");
        let figures = [0.0, 50.0, 75.0, 99.0, 100.0].map(|percent| series.percentile(percent).unwrap());
        assert_eq!(figures.map(f64::to_bits), [1.0, 2.0, 3.0, 4.0, 4.0].map(f64::to_bits));
    }

    #[test]
    fn other_lines_are_not_series() {
        assert!(Series::parse("3 1 2").is_none());
        assert!(Series::parse("series lag three").is_none());
        assert!(Series::parse("series lag").unwrap().percentile(50.0).is_err());
    }
}
