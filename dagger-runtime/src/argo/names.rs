//! Names that Argo takes.

use std::collections::HashSet;

/// The longest name of a template.
///
/// `workflowFieldMaxLength` of Argo's `workflow/validate/validate.go`, v4.1.
const MOST: usize = 128;

/// Words of the language in which Argo evaluates what a task depends on: a task of this name cannot be
/// depended on, although Argo's lint lets it pass.
///
/// Operators and literals of [expr 1.17](https://expr-lang.org/docs/language-definition).
const WORDS: [&str; 14] = [
    "not",
    "in",
    "or",
    "and",
    "matches",
    "contains",
    "startsWith",
    "endsWith",
    "let",
    "if",
    "else",
    "true",
    "false",
    "nil",
];

/// Names of one kind in one place, each used once.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// This name, with another end where it is too long, or used.
    pub(super) fn unique(&mut self, name: &str) -> String {
        let cut = |most: usize| name.chars().take(most).collect::<String>();
        let mut unique = cut(MOST);
        let mut number = 2;
        while !self.0.insert(unique.clone()) {
            let end = format!("-{number}");
            unique = format!("{}{end}", cut(MOST - end.len()));
            number += 1;
        }
        unique
    }

    /// The name of a task that others may depend on.
    pub(super) fn task(&mut self, name: &str) -> String {
        let is_word = WORDS.contains(&name);
        match name.starts_with(|c: char| c.is_ascii_digit()) {
            true => self.unique(&format!("node-{name}")),
            false if is_word => self.unique(&format!("{name}-node")),
            false => self.unique(name),
        }
    }

    /// The name of an artifact or of a parameter: letters, digits, `-` and `_`.
    pub(super) fn value(&mut self, name: &str) -> String {
        self.unique(&name.replace('.', "-"))
    }
}

/// Whether Kubernetes takes this as the name of an object:
/// [RFC 1123 subdomain](https://kubernetes.io/docs/concepts/overview/working-with-objects/names/).
pub(super) fn is_object_name(name: &str) -> bool {
    !name.is_empty() && name.split('.').all(is_label_name)
}

/// Whether Kubernetes takes this as an RFC 1123 label, as a namespace is.
pub(super) fn is_label_name(name: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(is_edge)
        && name.ends_with(is_edge)
        && name.chars().all(|c| is_edge(c) || c == '-')
}

/// Whether Kubernetes takes this as the key of a
/// [label](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set)
/// or an annotation.
pub(super) fn is_label_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => {
            prefix.len() <= 253
                && is_object_name(prefix)
                && is_label_value(name)
                && !name.is_empty()
        }
        None => is_label_value(key) && !key.is_empty(),
    }
}

/// Whether Kubernetes takes this as the value of a label.
pub(super) fn is_label_value(value: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_alphanumeric();
    let is_inner = |c: char| is_edge(c) || matches!(c, '-' | '_' | '.');
    value.is_empty()
        || (value.len() <= 63
            && value.starts_with(is_edge)
            && value.ends_with(is_edge)
            && value.chars().all(is_inner))
}

#[cfg(test)]
mod tests {
    use super::{Names, is_label_key, is_label_value, is_object_name};

    #[test]
    fn names_are_unique_and_short() {
        let mut names = Names::default();
        assert_eq!(names.unique("a"), "a");
        assert_eq!(names.unique("a"), "a-2");
        assert_eq!(names.unique("a-2"), "a-2-2");
        let long = "x".repeat(200);
        assert_eq!(names.unique(&long).len(), 128);
        assert_eq!(names.unique(&long), format!("{}-2", "x".repeat(126)));
    }

    #[test]
    fn a_task_can_be_depended_on() {
        let mut names = Names::default();
        assert_eq!(names.task("contains"), "contains-node");
        assert_eq!(names.task("7up"), "node-7up");
        assert_eq!(names.task("not-in"), "not-in");
        assert_eq!(names.value("total.a"), "total-a");
    }

    #[test]
    fn what_kubernetes_takes() {
        assert!(is_object_name("a-b.c1") && !is_object_name("A") && !is_object_name("a..b"));
        assert!(!is_object_name("-a") && !is_object_name(""));
        assert!(is_label_key("example.com/a_B") && !is_label_key("a/b/c") && !is_label_key(""));
        assert!(is_label_value("") && is_label_value("v1.2_x") && !is_label_value("a b"));
    }
}
