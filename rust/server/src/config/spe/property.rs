//! Properties of providers: elements whose text is a value (authentication 7.5, object creation).

use std::ops::RangeInclusive;

use super::Environment;
use super::element::Element;
use super::show::masked;
use crate::config::error::ConfigError;

/// Begins a reference to a variable of the process; `)` ends it.
pub(super) const REFERENCE: &str = "$(env:";

/// A property and where its value may come from.
#[derive(Clone, Copy)]
pub(super) struct Property<'a> {
    /// Its name, as the code has it.
    pub(super) name: &'static str,
    element: Element<'a>,
    environment: Environment<'a>,
}

/// The properties of a provider, each of which has one of the names `known`, in any case, and stands there once.
pub(super) fn properties<'a>(
    provider: Element<'a>,
    known: &[&'static str],
    environment: Environment<'a>,
) -> Result<Vec<Property<'a>>, ConfigError> {
    let mut properties: Vec<Property<'a>> = Vec::new();
    for element in provider.children()? {
        let mut names = known.iter().copied();
        let Some(name) = names.find(|known| known.eq_ignore_ascii_case(element.name())) else {
            return Err(element.unknown(known));
        };
        if let Some(earlier) = properties.iter().find(|property| property.name == name) {
            return Err(element.twice(earlier.element, &format!("<{name}>")));
        }
        properties.push(Property {
            name,
            element,
            environment,
        });
    }
    Ok(properties)
}

impl Property<'_> {
    /// A problem with its value.
    pub(super) fn error(self, problem: impl Into<String>) -> ConfigError {
        self.element.text_error(problem)
    }

    /// Its text, with every `$(env:NAME)` replaced.
    pub(super) fn text(self) -> Result<String, ConfigError> {
        self.element.only_attributes(&[])?;
        expand(self.element, self.environment)
    }

    /// The texts of the elements inside, whatever their names. A list that is there replaces the default, also when it is empty.
    pub(super) fn list(self) -> Result<Vec<String>, ConfigError> {
        let items = self.items()?.into_iter();
        items.map(|(_, text)| Ok(text)).collect()
    }

    /// [`Self::list`] through `read`, which says of what it does not take why not.
    pub(super) fn list_of<T>(self, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, ConfigError> {
        let items = self.items()?.into_iter();
        items
            .map(|(item, text)| read(&text).map_err(|why| wrong(item, &why)))
            .collect()
    }

    fn items(&self) -> Result<Vec<(Element<'_>, String)>, ConfigError> {
        self.element.only_attributes(&["hint"])?;
        let mut items = Vec::new();
        for item in self.element.children()? {
            item.only_attributes(&["hint"])?;
            let text = expand(item, self.environment)?;
            if text.is_empty() {
                return Err(item.error(format!("<{}> is empty", item.name())));
            }
            items.push((item, text));
        }
        Ok(items)
    }

    /// `true` or `false`, in any case.
    pub(super) fn boolean(self) -> Result<bool, ConfigError> {
        let text = self.text()?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(self.wrong("neither true nor false")),
        }
    }

    /// A number in `range`.
    pub(super) fn number(self, range: RangeInclusive<i64>) -> Result<i64, ConfigError> {
        let number = self.text()?.parse().ok().filter(|number| range.contains(number));
        number.ok_or_else(|| self.no_number(&range))
    }

    /// A number, moved into `range` with a warning when it is outside.
    pub(super) fn clamped(self, range: RangeInclusive<i64>, warnings: &mut Vec<String>) -> Result<i64, ConfigError> {
        let number: i64 = self.text()?.parse().map_err(|_| self.no_number(&range))?;
        let clamped = number.clamp(*range.start(), *range.end());
        if clamped != number {
            let outside = format!("outside {} to {}", range.start(), range.end());
            self.tell(number, &outside, clamped, warnings);
        }
        Ok(clamped)
    }

    /// As [`Self::clamped`], where a number that is not above zero counts as `default`.
    pub(super) fn clamped_or(
        self,
        default: i64,
        range: RangeInclusive<i64>,
        warnings: &mut Vec<String>,
    ) -> Result<i64, ConfigError> {
        match self.text()?.parse() {
            Ok(number) if number <= 0 => {
                self.tell(number, "not above 0", default, warnings);
                Ok(default)
            }
            _ => self.clamped(range, warnings),
        }
    }

    fn no_number(self, range: &RangeInclusive<i64>) -> ConfigError {
        self.wrong(&format!("not a number from {} to {}", range.start(), range.end()))
    }

    fn tell(self, number: i64, why: &str, counts_as: i64, warnings: &mut Vec<String>) {
        warnings.push(format!(
            "{}: <{}> is {number}, {why}, and counts as {counts_as}",
            self.element.0.text_place, self.name
        ));
    }

    /// The problem with its value.
    pub(super) fn wrong(self, why: &str) -> ConfigError {
        wrong(self.element, why)
    }
}

/// The problem with the text of an element, which is told as it is written: what the environment puts into it, and credentials of URLs,
/// stay out.
fn wrong(element: Element<'_>, why: &str) -> ConfigError {
    let written = masked(element.text().unwrap_or_default());
    element.text_error(format!("<{}> is {written:?}, {why}", element.name()))
}

/// The text of an element, with `$(env:NAME)` replaced by that variable of the process. The message of a missing one names
/// the variable and nothing else.
fn expand(element: Element<'_>, environment: Environment<'_>) -> Result<String, ConfigError> {
    let text = element.text()?;
    let mut rest = text;
    let mut expanded = String::with_capacity(text.len());
    while let Some((before, reference)) = rest.split_once(REFERENCE) {
        let Some((name, after)) = reference.split_once(')') else {
            return Err(element.text_error(format!("<{}> holds $(env: without its end", element.name())));
        };
        let value = environment(name);
        let value = value.ok_or_else(|| element.text_error(format!("the environment variable {name} is not set")))?;
        expanded.push_str(before);
        expanded.push_str(&value);
        rest = after;
    }
    expanded.push_str(rest);
    Ok(expanded)
}
