//! Why a graph could not be built: all that is wrong with it, not only what was found first.

use std::error::Error as StdError;
use std::fmt;

use crate::name;

/// Why a graph could not be built.
///
/// It holds all violations, in the order in which the graph was written. `Display` prints one line
/// for each of them.
///
/// # Examples
///
/// ```
/// use dagger_core::Dag;
///
/// let error = Dag::builder("sum of powers").build().unwrap_err();
/// assert_eq!(error.violations()[0].rule(), "name");
/// assert!(error.to_string().starts_with("`sum of powers` is not a legal name: "));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError {
    violations: Vec<Violation>,
}

impl BuildError {
    /// What is wrong, at least one thing.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(crate) fn new(violations: Vec<Violation>) -> Self {
        Self { violations }
    }

    pub(crate) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }
}

impl From<Violation> for BuildError {
    fn from(violation: Violation) -> Self {
        Self::new(vec![violation])
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}{violation}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for BuildError {
    /// As `Display`: what `main` prints when it returns an error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl StdError for BuildError {}

/// One thing that is wrong with a graph: what, why, and what is right instead.
///
/// `Display` prints it in one line, the name of its rule at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    rule: &'static str,
    message: String,
}

impl Violation {
    pub(crate) fn new(rule: &'static str, message: String) -> Self {
        Self { rule, message }
    }

    /// The rule that is violated, as the errors of `#[dag]` name it: `map-over-parameter`.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// The message without the rule.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// A dag calls itself, through other dags: from the one that is called again to the one that
    /// calls it.
    pub(crate) fn recursive(path: &[String]) -> Self {
        let mut message =
            format!("the dag `{}` calls itself", path.first().map_or("", String::as_str));
        for step in path.iter().skip(1) {
            message.extend([", through `", step, "`"]);
        }
        message.push_str("; a graph has no end then: turn the repetition into a loop in a task");
        Self::new("recursive-dag", message)
    }

    /// A name does not follow the rules of [`name`].
    pub(crate) fn name(name: &str) -> Self {
        let message = format!(
            "`{name}` is not a legal name: letters, digits and `-` (in parameters, inputs and \
             outputs also `_`), starting with a letter or a digit, at most {} characters",
            name::MAX_LEN
        );
        Self::new("name", message)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.rule)
    }
}
