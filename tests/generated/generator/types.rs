//! The types that programs are made of, read from and printed as Rust.

use std::fmt::{self, Display};

/// The error type of a `Result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `Failure`, which `?` makes of a `Refusal`.
    Failure,
    /// `Refusal`, of tasks only.
    Refusal,
    /// `dagger::BoxError`, which `?` makes of both; of DAGs only.
    Boxed,
}

impl Fault {
    /// Whether `?` on a result of this error is allowed in a function with that one.
    pub(crate) fn converts_to(self, other: Fault) -> bool {
        self == other
            || other == Fault::Boxed
            || (self == Fault::Refusal && other == Fault::Failure)
    }
}

/// A type of a value, of a parameter or of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ty {
    /// `u64`
    Num,
    /// `String`
    Text,
    /// `Vec<u8>`, which programs make of text only
    Bytes,
    /// `()`
    Unit,
    /// `Duration`
    Duration,
    /// Neither `Clone` nor `Copy`
    Token,
    /// Neither `Clone` nor `Sync`
    Ticket,
    /// `Copy`, with fields
    Point,
    /// Not `Clone`, with fields
    Batch,
    /// `Clone`, with fields
    Summary,
    /// Read by `registry["key"]`
    Registry,
    /// `BTreeSet<u64>`
    Set,
    /// `VecDeque<u64>`
    Deque,
    /// `BTreeMap<String, u64>`
    Table,
    /// `Vec<…>`
    List(Box<Ty>),
    /// A tuple of two or more
    Tuple(Vec<Ty>),
    /// `Option<…>`
    Option(Box<Ty>),
    /// `Result<…, …>`
    Result(Box<Ty>, Fault),
    /// An iterator, hidden or boxed: only to be mapped
    Lazy(Box<Ty>),
    /// `&…`, of parameters only
    Ref(Box<Ty>),
    /// `&[…]`, of parameters only
    Slice(Box<Ty>),
    /// `&str`, of parameters only
    Str,
    /// The type parameter `T` of a generic task
    Generic,
}

/// Types that are written as one word or need no parsing.
static WORDS: [(&str, Ty); 17] = [
    ("u64", Ty::Num),
    ("String", Ty::Text),
    ("Vec<u8>", Ty::Bytes),
    ("()", Ty::Unit),
    ("Duration", Ty::Duration),
    ("Token", Ty::Token),
    ("Ticket", Ty::Ticket),
    ("Point", Ty::Point),
    ("Batch", Ty::Batch),
    ("Summary", Ty::Summary),
    ("Registry", Ty::Registry),
    ("BTreeSet<u64>", Ty::Set),
    ("VecDeque<u64>", Ty::Deque),
    ("BTreeMap<String, u64>", Ty::Table),
    ("&str", Ty::Str),
    ("T", Ty::Generic),
    ("", Ty::Unit),
];

impl Ty {
    /// `Vec<item>`
    pub(crate) fn list(item: Ty) -> Self {
        Self::List(Box::new(item))
    }

    /// The pair that fan-outs with names yield.
    pub(crate) fn pair() -> Self {
        Self::Tuple(vec![Self::Text, Self::Num])
    }

    /// Reads a type as it is written in the signature of a task.
    ///
    /// # Panics
    ///
    /// If the generator does not know the type: tasks are written for it.
    pub(crate) fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Some((_, ty)) = WORDS.iter().find(|(word, _)| *word == text) {
            return ty.clone();
        }
        let inside = |open: &str, close: &str| text.strip_prefix(open)?.strip_suffix(close);
        let boxed = |text| Box::new(Self::parse(text));
        if let Some(item) = inside("&[", "]") {
            Self::Slice(boxed(item))
        } else if let Some(shared) = text.strip_prefix('&') {
            Self::Ref(boxed(shared))
        } else if let Some(item) = inside("impl Iterator<Item = ", "> + Send")
            .or(inside("Box<dyn Iterator<Item = ", "> + Send>"))
        {
            Self::Lazy(boxed(item))
        } else if let Some(item) = inside("Vec<", ">") {
            Self::List(boxed(item))
        } else if let Some(some) = inside("Option<", ">") {
            Self::Option(boxed(some))
        } else if let Some(value) = inside("Result<", ", Failure>") {
            Self::Result(boxed(value), Fault::Failure)
        } else if let Some(value) = inside("Result<", ", Refusal>") {
            Self::Result(boxed(value), Fault::Refusal)
        } else if let Some(items) = inside("(", ")") {
            Self::Tuple(split_top(items).into_iter().map(Self::parse).collect())
        } else {
            panic!("the generator does not know the type `{text}`");
        }
    }

    /// The fields that can be moved out, borrowed and copied on their own.
    pub(crate) fn fields(&self) -> Vec<(String, Ty)> {
        let named = |fields: &[(&str, Ty)]| {
            fields.iter().map(|(name, ty)| ((*name).to_owned(), ty.clone())).collect()
        };
        match self {
            Self::Point => named(&[("x", Self::Num), ("y", Self::Num)]),
            Self::Summary => named(&[("total", Self::Num), ("label", Self::Text)]),
            Self::Batch => named(&[
                ("items", Self::list(Self::Num)),
                ("label", Self::Text),
                ("token", Self::Token),
                ("size", Self::Num),
            ]),
            Self::Tuple(items) => {
                items.iter().enumerate().map(|(at, ty)| (at.to_string(), ty.clone())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether every type inside this one, itself included, passes a test.
    fn all(&self, test: &dyn Fn(&Ty) -> bool) -> bool {
        test(self)
            && match self {
                Self::List(inner)
                | Self::Option(inner)
                | Self::Result(inner, _)
                | Self::Lazy(inner) => inner.all(test),
                Self::Tuple(items) => items.iter().all(|item| item.all(test)),
                _ => true,
            }
    }

    /// Whether a use by value leaves the value in place.
    pub(crate) fn is_copy(&self) -> bool {
        self.all(&|ty| {
            matches!(
                ty,
                Self::Num
                    | Self::Unit
                    | Self::Duration
                    | Self::Point
                    | Self::Tuple(_)
                    | Self::Option(_)
            )
        })
    }

    /// Whether `.clone()` is allowed.
    pub(crate) fn is_clone(&self) -> bool {
        self.all(&|ty| match ty {
            Self::Result(_, fault) => *fault == Fault::Failure,
            ty => !matches!(ty, Self::Token | Self::Ticket | Self::Batch | Self::Lazy(_)),
        })
    }

    /// Whether `&` may reach a node that runs beside another.
    pub(crate) fn is_sync(&self) -> bool {
        self.all(&|ty| !matches!(ty, Self::Ticket | Self::Lazy(_)))
    }

    /// Whether values of this type can be looked at only by iterating.
    pub(crate) fn is_lazy(&self) -> bool {
        matches!(self, Self::Lazy(_))
    }

    /// Whether rustc warns where a value of this type is dropped unseen.
    pub(crate) fn is_must_use(&self) -> bool {
        match self {
            Self::Result(..) | Self::Lazy(_) => true,
            Self::Tuple(items) => items.iter().any(Ty::is_must_use),
            _ => false,
        }
    }

    /// The type of the items of a fan-out.
    pub(crate) fn item(&self) -> Option<Ty> {
        match self {
            Self::List(item) | Self::Lazy(item) => Some((**item).clone()),
            Self::Table => Some(Self::pair()),
            Self::Set | Self::Deque => Some(Self::Num),
            _ => None,
        }
    }

    /// This type with the type parameter replaced.
    pub(crate) fn with(&self, generic: Option<&Ty>) -> Ty {
        match (self, generic) {
            (Self::Ref(inner), generic) => Self::Ref(Box::new(inner.with(generic))),
            (Self::Generic, Some(ty)) | (ty, _) => ty.clone(),
        }
    }

    /// The type behind a reference.
    pub(crate) fn owned(&self) -> Ty {
        match self {
            Self::Ref(inner) => (**inner).clone(),
            Self::Slice(item) => Self::List(item.clone()),
            Self::Str => Self::Text,
            ty => ty.clone(),
        }
    }
}

impl Display for Ty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((word, _)) = WORDS.iter().find(|(_, ty)| ty == self) {
            return formatter.write_str(word);
        }
        match self {
            Self::List(item) => write!(formatter, "Vec<{item}>"),
            Self::Option(some) => write!(formatter, "Option<{some}>"),
            Self::Result(value, fault) => write!(formatter, "Result<{value}, {fault}>"),
            Self::Ref(shared) => write!(formatter, "&{shared}"),
            Self::Slice(item) => write!(formatter, "&[{item}]"),
            Self::Tuple(items) => {
                let items: Vec<String> = items.iter().map(Ty::to_string).collect();
                write!(formatter, "({})", items.join(", "))
            }
            ty => panic!("programs never name the type {ty:?}"),
        }
    }
}

impl Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Failure => "Failure",
            Self::Refusal => "Refusal",
            Self::Boxed => "dagger::BoxError",
        })
    }
}

/// Splits at the commas that are not inside brackets.
pub(crate) fn split_top(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '[' | '<' => depth += 1,
            ')' | ']' | '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}
