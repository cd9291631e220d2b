//! Valid programs: those of the ui tests, of the oracle, of the README, and random ones.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::Delimiter;

use crate::Attribute;
use crate::generator::Generator;
use crate::tree::{self, Tree};

/// A file.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where it comes from.
    pub name: String,
    /// Its tokens.
    pub trees: Vec<Tree>,
}

/// A function with one of the attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Which one.
    pub attribute: Attribute,
    /// Its path, as it is written.
    pub path: Vec<Tree>,
    /// What stands in the attribute's parentheses.
    pub options: Vec<Tree>,
    /// The item below the attribute.
    pub item: Vec<Tree>,
}

/// Where a function stands in a program: the groups that lead to it, and its tokens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    groups: Vec<usize>,
    start: usize,
    end: usize,
}

impl Function {
    /// The function as text, its attribute first.
    #[must_use]
    pub fn text(&self) -> String {
        let options = tree::print(&self.options);
        let (name, item) = (tree::print(&self.path), tree::print(&self.item));
        let name = name.trim_end();
        if options.is_empty() {
            format!("#[{name}]\n{item}")
        } else {
            format!("#[{name}({options})]\n{item}")
        }
    }
}

impl Program {
    /// The program of a text.
    #[must_use]
    pub fn of_text(name: &str, text: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), trees: tree::parse(text)? })
    }

    /// The functions with an attribute, and where they are.
    #[must_use]
    pub fn functions(&self) -> Vec<(Place, Function)> {
        let mut found = Vec::new();
        find(&self.trees, &mut Vec::new(), &mut found);
        found
    }

    /// The text of the program with `function` in the place of the one that is there.
    #[must_use]
    pub fn with(&self, place: &Place, function: &Function) -> Self {
        let mut program = self.clone();
        let Some(new) = tree::parse(&function.text()) else { return program };
        let mut list = &mut program.trees;
        for index in &place.groups {
            let Tree::Group(_, content) = &mut list[*index] else { return self.clone() };
            list = content;
        }
        list.splice(place.start..place.end, new);
        program
    }

    /// The program without its unattributed functions of these names.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        remove(&mut self.trees, names);
        self
    }

    /// The same program with nothing where an attribute of the library was, all else at its place.
    #[must_use]
    pub fn plain(&self) -> Self {
        let mut program = self.clone();
        blank_attributes(&mut program.trees);
        program
    }
}

/// Reads `#[task]`, `#[dagger::dag(…)]`: the attribute and its options.
fn attribute(trees: &[Tree]) -> Option<(Attribute, &[Tree], Vec<Tree>)> {
    let [hash, group, ..] = trees else { return None };
    let content = group.content(Delimiter::Bracket).filter(|_| hash.is("#"))?;
    let (path, options) = match content {
        [path @ .., Tree::Group(Delimiter::Parenthesis, options)] => (path, options.clone()),
        path => (path, Vec::new()),
    };
    let Tree::Token(name) = path.last()? else { return None };
    let is_path = path.iter().all(|tree| tree.is("::") || tree.is_word());
    Some((Attribute::of_name(name).filter(|_| is_path)?, path, options))
}

/// How long the function is that these tokens begin with.
fn length(trees: &[Tree]) -> Option<usize> {
    let keyword = trees.iter().position(|tree| tree.is("fn"))?;
    let is_body = |tree: &Tree| tree.content(Delimiter::Brace).is_some();
    let before = trees[..keyword].iter().any(is_body);
    let body = trees[keyword..].iter().position(is_body)?;
    (!before).then_some(keyword + body + 1)
}

fn find(trees: &[Tree], groups: &mut Vec<usize>, found: &mut Vec<(Place, Function)>) {
    let mut index = 0;
    while index < trees.len() {
        if let Some((attribute, path, options)) = attribute(&trees[index..])
            && let Some(length) = length(&trees[index + 2..])
        {
            let end = index + 2 + length;
            let item = trees[index + 2..end].to_vec();
            let place = Place { groups: groups.clone(), start: index, end };
            let path = path.to_vec();
            found.push((place, Function { attribute, path, options, item }));
            index = end;
            continue;
        }
        // What a macro makes of its tokens is not known here.
        let of_macro = index > 0 && (trees[index - 1].is("!") || is_macro_name(trees, index));
        if let Tree::Group(_, content) = &trees[index]
            && !of_macro
        {
            groups.push(index);
            find(content, groups, found);
            groups.pop();
        }
        index += 1;
    }
}

fn is_macro_name(trees: &[Tree], index: usize) -> bool {
    index > 1 && trees[index - 2].is("!")
}

fn remove(trees: &mut Vec<Tree>, names: &[&str]) {
    let mut index = 0;
    while index + 1 < trees.len() {
        let is_named = names.iter().any(|name| trees[index + 1].is(name));
        if trees[index].is("fn")
            && is_named
            && let Some(length) = length(&trees[index..])
        {
            let mut start = index;
            // Its attributes and its visibility.
            while start > 0 {
                let is_head = match &trees[start - 1] {
                    Tree::Token(token) => ["pub", "async", "#"].contains(&token.as_str()),
                    Tree::Group(delimiter, _) => *delimiter != Delimiter::Brace,
                    Tree::Text(_) => false,
                };
                if !is_head {
                    break;
                }
                start -= 1;
            }
            trees.drain(start..index + length);
            index = start;
            continue;
        }
        index += 1;
    }
    for tree in trees {
        if let Tree::Group(_, content) = tree {
            remove(content, names);
        }
    }
}

/// Blanks out the attributes, and what they take off the parameters.
fn blank_attributes(trees: &mut [Tree]) {
    let mut index = 0;
    while index < trees.len() {
        if attribute(&trees[index..]).is_some() {
            let length = length(&trees[index + 2..]).unwrap_or_default();
            blank(&mut trees[index..index + 2]);
            for tree in &mut trees[index + 2..index + 2 + length] {
                if let Tree::Group(Delimiter::Parenthesis, parameters) = tree {
                    blank_parameters(parameters);
                }
            }
        }
        if let Tree::Group(_, content) = &mut trees[index] {
            blank_attributes(content);
        }
        index += 1;
    }
}

fn blank_parameters(parameters: &mut [Tree]) {
    for index in 1..parameters.len() {
        let content = parameters[index].content(Delimiter::Bracket);
        let name = content.and_then(<[Tree]>::first);
        let is_ours = name.is_some_and(|name| name.is("default") || name.is("doc"));
        if is_ours && parameters[index - 1].is("#") {
            blank(&mut parameters[index - 1..=index]);
        }
    }
}

/// Replaces tokens by spaces, so that what follows stays where it is.
fn blank(trees: &mut [Tree]) {
    for tree in trees {
        let text = tree::print(std::slice::from_ref(tree));
        let spaces = |c: char| if c == '\n' { '\n' } else { ' ' };
        *tree = Tree::Text(text.chars().map(spaces).collect());
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The Rust files below a folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The programs in a folder of the workspace.
///
/// # Panics
///
/// If a file cannot be read.
#[must_use]
pub fn of_folder(folder: &str) -> Vec<Program> {
    let root = root();
    let program = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a text file");
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        Program::of_text(&name, &text)
    };
    files(&root.join(folder)).into_iter().filter_map(program).collect()
}

/// The programs of the README.
///
/// # Panics
///
/// If it cannot be read.
#[must_use]
pub fn of_readme() -> Vec<Program> {
    let text = fs::read_to_string(root().join("README.md")).expect("the README");
    let mut programs = Vec::new();
    for block in text.split("```rust").skip(1) {
        let (Some((_, code)), number) = (block.split_once('\n'), programs.len() + 1) else {
            continue;
        };
        let code = code.split("```").next().unwrap_or_default();
        // Lines that the page hides.
        let lines = code.lines().map(|line| line.strip_prefix("# ").unwrap_or(line));
        let code = lines.collect::<Vec<_>>().join("\n");
        programs.extend(Program::of_text(&format!("README.md, program {number}"), &code));
    }
    programs
}

/// Random programs, without the functions that run them.
pub struct Generated(Generator);

impl Generated {
    /// Those of every construct.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it is no plain value")]
    pub fn new() -> Self {
        Self(Generator::new([]))
    }

    /// The program of a seed.
    ///
    /// # Panics
    ///
    /// If the generator writes something else than a module.
    #[must_use]
    pub fn program(&self, seed: u64) -> Program {
        let text = self.0.file(seed, 1);
        let file = tree::parse(&text).expect("tokens");
        let module = file.iter().find_map(|tree| tree.content(Delimiter::Brace));
        let trees = module.expect("a module").to_vec();
        Program { name: format!("generated program {seed}"), trees }.without(&[
            "arguments",
            "function",
            "graph",
            "blocking",
        ])
    }
}
