//! The types of what goes into a run and what comes out of it, for those who know a dag by its
//! names only.

use std::any::{TypeId, type_name};
use std::fmt;

use super::coding::Coding;
use super::value::Boxed;

/// A type that is only known when the program runs.
#[derive(Clone, Copy)]
pub struct Type {
    id: TypeId,
    name: &'static str,
}

impl Type {
    /// The type `T`.
    #[must_use]
    pub fn of<T: ?Sized + 'static>() -> Self {
        Self { id: TypeId::of::<T>(), name: type_name::<T>() }
    }

    /// Its name, with the modules that lead to it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whether it is a type of this library.
    pub(crate) fn is_of_library(self) -> bool {
        self.name.starts_with("dagger")
    }

    /// Whether its name has a reference in it.
    pub(crate) fn has_borrow(self) -> bool {
        self.name.contains('&')
    }

    /// Whether it is a `Result`.
    pub(crate) fn is_result(self) -> bool {
        self.name.starts_with("core::result::Result<")
    }

    /// Whether a value has this type.
    #[must_use]
    pub fn is_of(&self, value: &Boxed) -> bool {
        (**value).type_id() == self.id
    }
}

impl PartialEq for Type {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Type {}

impl fmt::Display for Type {
    /// The name as it is usually written: without the modules that lead to a type.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&short_name(self.name))
    }
}

/// A type's name without the modules that lead to it, `Vec<String>` for instance.
fn short_name(name: &str) -> String {
    let mut short = String::new();
    let mut word = 0;
    let mut rest = name.chars().peekable();
    while let Some(c) = rest.next() {
        if c == ':' && rest.peek() == Some(&':') {
            rest.next();
            // What stands before the colons is a module, unless it is `<T as Trait>`.
            if !short.ends_with('>') {
                short.truncate(word);
                continue;
            }
            short.push_str("::");
        } else {
            short.push(c);
        }
        if !(c.is_alphanumeric() || c == '_') {
            word = short.len();
        }
    }
    short
}

/// What goes into a run of a dag, and what comes out of it.
#[derive(Default)]
pub struct Signature {
    /// The parameters, in order.
    pub parameters: Vec<Accepted>,
    /// The outputs.
    pub results: Results,
    /// The whole result, and what the user says about the dag.
    pub outside: Outside,
    /// The outputs, one by one, where they are.
    pub each: Vec<Outside>,
}

/// A parameter of a dag.
pub struct Accepted {
    /// Its type.
    pub ty: Type,
    /// Makes the value that it has where no other is given.
    pub default: Option<Box<dyn Fn() -> Boxed + Send + Sync>>,
    /// What else will do in place of a value of its type.
    pub instead: &'static [Instead],
    /// How it is written and read outside of the process, where that is known.
    pub outside: Outside,
}

/// A value of a dag as the world outside of its process has it: nothing, where a dag was built without
/// that.
#[derive(Clone, Copy)]
pub struct Outside {
    /// In a file.
    pub coding: Option<fn() -> Coding>,
    /// As JSON, for an argument of a command.
    pub json: Option<fn() -> Coding>,
    /// The JSON schema of its type, where that has one.
    pub schema: Option<fn() -> Option<String>>,
    /// What the user says about it.
    pub docs: &'static str,
}

impl Outside {
    /// Nothing is known.
    pub const NONE: Self = Self { coding: None, json: None, schema: None, docs: "" };
}

impl Default for Outside {
    fn default() -> Self {
        Self::NONE
    }
}

impl Accepted {
    /// Whether a value of this type will do.
    #[must_use]
    pub fn takes(&self, ty: Type) -> bool {
        self.ty == ty || self.conversion(ty).is_some()
    }

    /// What makes the parameter of a value of this type; nothing for its own, which needs none, and
    /// for one that it does not take.
    #[must_use]
    pub fn conversion(&self, ty: Type) -> Option<fn(Boxed) -> Boxed> {
        let mut instead = self.instead.iter().filter(|_| ty != self.ty);
        instead.find(|instead| (instead.ty)() == ty).map(|instead| instead.convert)
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.instead.is_empty() {
            return write!(f, "`{}`", self.ty);
        }
        for (index, instead) in self.instead.iter().enumerate() {
            let between = match index {
                0 => "",
                _ if index + 1 == self.instead.len() => " or ",
                _ => ", ",
            };
            write!(f, "{between}`{}`", (instead.ty)())?;
        }
        Ok(())
    }
}

/// A type whose values become those of another.
pub struct Instead {
    /// The type.
    pub ty: fn() -> Type,
    /// Makes a value of the other.
    pub convert: fn(Boxed) -> Boxed,
}

/// What the value in the slot of a dag's result is.
pub enum Results {
    /// One value, of this type, of which the outputs are parts.
    Whole(Type),
    /// A `Vec<Boxed>` of as many values as there are outputs, of these types.
    Each(Vec<Type>),
}

impl Default for Results {
    fn default() -> Self {
        Self::Each(Vec::new())
    }
}

impl Signature {
    /// The next parameter.
    pub(crate) fn push<T: Send + 'static>(&mut self, default: Option<fn() -> T>) {
        let default = default.map(|value| -> Box<dyn Fn() -> Boxed + Send + Sync> {
            Box::new(move || Box::new(value()))
        });
        let (ty, outside) = (Type::of::<T>(), Outside::default());
        self.parameters.push(Accepted { ty, default, instead: &[], outside });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_as_they_are_written() {
        let name = |ty: Type| ty.to_string();
        assert_eq!(name(Type::of::<u64>()), "u64");
        assert_eq!(name(Type::of::<Vec<Option<String>>>()), "Vec<Option<String>>");
        assert_eq!(name(Type::of::<(std::time::Duration, &str)>()), "(Duration, &str)");
        assert_eq!(name(Type::of::<[Vec<u8>; 3]>()), "[Vec<u8>; 3]");
        assert_eq!(name(Type::of::<Box<dyn std::error::Error>>()), "Box<dyn Error>");
    }
}
