//! A run of a dag that is known by its description: values go in and come out by name.

use std::borrow::Cow;
use std::fmt::Write;

use crate::error::Error;
use crate::exec::signature::{Accepted, Outside, Results, Type};
use crate::exec::value::{Boxed, unerase};
use crate::graph::{Dag, Parameter, RETURN_VALUE};

/// Values for the parameters of a dag, by name.
///
/// Those with a default may be left out. A parameter `&T` takes what can be shared: a `T`, an
/// `Arc<T>` or a `&'static T`; a `String` for a `&str`, a `Vec<T>` for a `&[T]`.
///
/// # Examples
///
/// ```
/// use dagger_core::Inputs;
///
/// let inputs = Inputs::new().with("count", 4_u64).with("name", String::from("four"));
/// ```
#[derive(Default)]
#[must_use = "inputs do nothing until a dag is run with them"]
pub struct Inputs {
    values: Vec<Given>,
}

struct Given {
    name: Cow<'static, str>,
    ty: Type,
    value: Boxed,
}

impl Inputs {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a parameter, whose type is checked when the dag is run: a `2` is an `i32`,
    /// where `2_u64` was meant.
    pub fn with<T: Send + 'static>(mut self, name: impl Into<Cow<'static, str>>, value: T) -> Self {
        self.values.push(Given { name: name.into(), ty: Type::of::<T>(), value: Box::new(value) });
        self
    }

    /// The same for a value in a box, which has this type.
    #[doc(hidden)]
    pub fn with_boxed(
        mut self,
        name: impl Into<Cow<'static, str>>,
        ty: Type,
        value: Boxed,
    ) -> Self {
        self.values.push(Given { name: name.into(), ty, value });
        self
    }

    /// The values in the order of the dag's parameters.
    ///
    /// # Errors
    ///
    /// All names that no parameter has, or that are given twice, all missing parameters without a
    /// default, and all values of a wrong type.
    #[doc(hidden)]
    pub fn for_dag(self, dag: &Dag) -> Result<Vec<Boxed>, Error> {
        let parameters = dag.parameters();
        let accepted = &dag.signature().parameters;
        let mut problems = Vec::new();
        let mut values: Vec<Option<Boxed>> = Vec::new();
        values.resize_with(parameters.len(), || None);
        for Given { name, ty, value } in self.values {
            let Some(index) = parameters.iter().position(|parameter| *parameter.name == *name)
            else {
                problems.push(format!("there is no parameter `{name}`"));
                continue;
            };
            if values[index].is_some() {
                problems.push(format!("`{name}` is given twice"));
            } else if !accepted[index].takes(ty) {
                problems.push(format!("`{name}` takes {}, and gets `{ty}`", accepted[index]));
            }
            values[index] = Some(match accepted[index].conversion(ty) {
                Some(convert) => convert(value),
                None => value,
            });
        }
        for (index, value) in values.iter().enumerate() {
            if value.is_none() && accepted[index].default.is_none() {
                problems.push(format!("`{}` is missing", parameters[index].name));
            }
        }
        if !problems.is_empty() {
            let choices = choices(parameters);
            let message = format!("cannot run: {}; {choices}", problems.join("; "));
            return Err(Error::by_name(dag.name(), message));
        }
        Ok(values
            .into_iter()
            .zip(accepted)
            .map(|(value, accepted)| value_of(value, accepted))
            .collect())
    }
}

impl Dag {
    /// The values of all parameters, in order, of those that are given; the others have their
    /// defaults.
    ///
    /// # Errors
    ///
    /// The indices of the parameters that have neither.
    #[doc(hidden)]
    pub fn with_defaults(&self, values: Vec<Option<Boxed>>) -> Result<Vec<Boxed>, Vec<usize>> {
        let accepted = &self.signature().parameters;
        let is_missing = |index: &usize| {
            values.get(*index).is_none_or(Option::is_none) && accepted[*index].default.is_none()
        };
        let missing: Vec<_> = (0..accepted.len()).filter(is_missing).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let values = values.into_iter().zip(accepted);
        Ok(values.map(|(value, accepted)| value_of(value, accepted)).collect())
    }

    /// The names of the outputs, as [`Outputs`] has them, with how they are written to a file and as
    /// JSON.
    #[doc(hidden)]
    #[must_use]
    pub fn written_outputs(&self) -> Vec<(String, Outside)> {
        let signature = self.signature();
        match &signature.results {
            Results::Whole(ty) if *ty == Type::of::<()>() => Vec::new(),
            Results::Whole(_) => vec![(RETURN_VALUE.to_owned(), signature.outside)],
            Results::Each(_) => {
                let names = self.output_names().map(str::to_owned);
                let each = signature.each.iter().copied();
                names.zip(each.chain(std::iter::repeat(Outside::NONE))).collect()
            }
        }
    }
}

fn value_of(value: Option<Boxed>, accepted: &Accepted) -> Boxed {
    match (value, &accepted.default) {
        (Some(value), _) => value,
        (None, Some(default)) => default(),
        (None, None) => unreachable!("a missing parameter was reported"),
    }
}

/// The parameters as they are declared.
fn choices(parameters: &[Parameter]) -> String {
    let mut text = match parameters.len() {
        0 => return "it has no parameters".to_owned(),
        1 => "its parameter is ".to_owned(),
        _ => "its parameters are ".to_owned(),
    };
    for (index, Parameter { name, ty, default }) in parameters.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let default = default.as_ref().map(|default| format!(" = {default}")).unwrap_or_default();
        let _ = write!(text, "{comma}`{name}: {ty}{default}`");
    }
    text
}

/// What a run of a dag gave, by the names of the dag's outputs.
///
/// A dag that was built by hand has each of its outputs here. A `#[dag]` has what its function
/// returns, as one value named `return_value`: of a tuple or a struct, the description shows where
/// the parts come from, but the whole is what there is to take.
pub struct Outputs {
    dag: Dag,
    values: Vec<Output>,
}

struct Output {
    name: String,
    ty: Type,
    /// `None` when it was taken.
    value: Option<Boxed>,
}

impl Outputs {
    /// The outputs in the value that a run of `dag` ended with.
    #[doc(hidden)]
    #[must_use]
    pub fn of_run(dag: &Dag, result: Boxed) -> Self {
        let values = match &dag.signature().results {
            Results::Whole(ty) if *ty == Type::of::<()>() => Vec::new(),
            Results::Whole(ty) => {
                vec![Output { name: RETURN_VALUE.to_owned(), ty: *ty, value: Some(result) }]
            }
            Results::Each(types) => {
                let values = unerase::<Vec<Boxed>>(result);
                let values = dag.output_names().zip(types).zip(values);
                let output = |((name, ty), value): ((&str, &Type), _)| Output {
                    name: name.to_owned(),
                    ty: *ty,
                    value: Some(value),
                };
                values.map(output).collect()
            }
        };
        Self { dag: dag.clone(), values }
    }

    /// All values that were not taken, with their names.
    #[doc(hidden)]
    #[must_use]
    pub fn into_values(self) -> Vec<(String, Boxed)> {
        let values = self.values.into_iter();
        values.filter_map(|output| Some((output.name, output.value?))).collect()
    }

    /// The names of the outputs that were not taken.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let left = self.values.iter().filter(|output| output.value.is_some());
        left.map(|output| output.name.as_str())
    }

    /// The value of an output, which moves out of here.
    ///
    /// # Errors
    ///
    /// If there is no output of this name, if it was taken, or if it is not a `T`; then it can still
    /// be taken. The error lists the outputs that there are.
    pub fn take<T: 'static>(&mut self, name: &str) -> Result<T, Error> {
        let wanted = Type::of::<T>();
        if let Some(output) = self.values.iter_mut().find(|output| output.name == name) {
            if output.ty != wanted {
                let message = format!("has the output `{name}: {}`, not a `{wanted}`", output.ty);
                return Err(Error::by_name(self.dag.name(), message));
            }
            if let Some(value) = output.value.take() {
                return Ok(unerase(value));
            }
        }
        let left = self.values.iter().filter(|output| output.value.is_some());
        let left: Vec<_> = left.map(|output| format!("`{}: {}`", output.name, output.ty)).collect();
        let taken = self.values.iter().any(|output| output.name == name);
        let what = if taken { "has given away its output" } else { "has no output" };
        let left = match left.len() {
            0 => "there is no other".to_owned(),
            _ => format!("there is {}", left.join(", ")),
        };
        Err(Error::by_name(self.dag.name(), format!("{what} `{name}`; {left}")))
    }
}

impl std::fmt::Debug for Outputs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}
