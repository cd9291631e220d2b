//! Where the shapes and arrows of a picture are: layer below layer, by the rules of dagre.
//!
//! A nested dag is laid out on its own first, and is then a shape of its size in the dag around it.

use std::collections::{BTreeMap, HashMap};

use dagre::graph::{Graph, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel};

use crate::render::picture::{Arrow, Picture, Shape, ShapeKind};

/// The width of a character in the fonts that are asked for, and a little more.
pub(super) const CHAR: f64 = 7.4;
/// The height of a shape with one line of text.
pub(super) const LINE: f64 = 34.0;
/// What is left free around a text, and inside of a box.
const PADDING: f64 = 14.0;
/// The height of the title of a box.
pub(super) const TITLE: f64 = 28.0;
/// How far the copies of what runs for each partition stand out.
pub(super) const STACK: f64 = 4.0;
/// What is left free around the whole.
const MARGIN: f64 = 12.0;
/// The height of what is written at an arrow.
const LABEL: f64 = 16.0;
/// What is left free between shapes.
const GAP: Point = Point { x: 28.0, y: 38.0 };
/// With more shapes than this, the best places would take too long to find.
const MANY: usize = 250;

/// A picture whose parts have their places, from the upper left corner on.
pub(super) struct Placed<'a> {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) shapes: Vec<PlacedShape<'a>>,
    pub(super) arrows: Vec<PlacedArrow<'a>>,
}

pub(super) struct PlacedShape<'a> {
    pub(super) shape: &'a Shape,
    /// The upper left corner, and the size, with all copies of it.
    pub(super) at: Point,
    pub(super) width: f64,
    pub(super) height: f64,
    /// What is in it, if it is a box.
    pub(super) inside: Option<Placed<'a>>,
}

pub(super) struct PlacedArrow<'a> {
    pub(super) arrow: &'a Arrow,
    /// The first one is at the lower edge of a shape, the last one at the upper edge of another.
    pub(super) points: Vec<Point>,
    /// The middle of what is written at it.
    pub(super) label: Option<Point>,
}

#[derive(Clone, Copy)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Point {
    fn moved(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}

/// How wide a text is, in characters: those of East Asia take the room of two.
pub(super) fn columns(text: &str) -> f64 {
    let is_wide =
        |c: char| matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}' | '\u{1f300}'..);
    text.chars().map(|c| if is_wide(c) { 2.0 } else { 1.0 }).sum()
}

/// Places a picture, with room around it.
pub(super) fn place(picture: &Picture) -> Placed<'_> {
    place_at(picture, Point { x: MARGIN, y: MARGIN }, MARGIN)
}

/// Places a picture whose first point is there, with so much room to the right and below.
fn place_at(picture: &Picture, from: Point, margin: f64) -> Placed<'_> {
    let mut shapes: Vec<_> = picture.shapes.iter().map(sized).collect();
    let arrows = match shapes.len() {
        0..=MANY => place_well(picture, &mut shapes),
        _ => place_quickly(picture, &mut shapes),
    };
    let mut placed = Placed { width: 0.0, height: 0.0, shapes, arrows };
    for shape in &mut placed.shapes {
        shape.at = shape.at.moved(from);
        placed.width = placed.width.max(shape.at.x + shape.width);
        placed.height = placed.height.max(shape.at.y + shape.height);
    }
    for arrow in &mut placed.arrows {
        arrow.points.iter_mut().for_each(|point| *point = point.moved(from));
        arrow.label = arrow.label.map(|label| label.moved(from));
        let text = columns(&arrow.arrow.label()) * CHAR / 2.0;
        let points = arrow.points.iter().map(|point| point.x);
        let right = points.chain(arrow.label.map(|label| label.x + text));
        placed.width = right.fold(placed.width, f64::max);
    }
    (placed.width, placed.height) = (placed.width + margin, placed.height + margin);
    placed
}

/// Places by the rules of dagre: short arrows that seldom cross, and lead around shapes.
fn place_well<'a>(picture: &'a Picture, shapes: &mut [PlacedShape<'a>]) -> Vec<PlacedArrow<'a>> {
    if shapes.is_empty() {
        return Vec::new();
    }
    let mut graph = graph_of(shapes, &picture.arrows);
    // Arrows that go far aside need some height.
    let wide = u8::try_from(shapes.len().isqrt()).unwrap_or(u8::MAX);
    let ranksep = GAP.y + 3.0 * f64::from(wide);
    let options =
        LayoutOptions { nodesep: GAP.x, edgesep: 18.0, ranksep, ..LayoutOptions::default() };
    dagre::layout(&mut graph, Some(options));
    for placed in &mut *shapes {
        let node = graph.node(&placed.shape.id);
        let (x, y) = node.map_or((None, None), |node| (node.x, node.y));
        placed.at.x = x.unwrap_or_default() - placed.width / 2.0;
        placed.at.y = y.unwrap_or_default() - placed.height / 2.0;
    }
    let place = |(index, arrow): (usize, &'a Arrow)| {
        let edge = graph.edge(&arrow.from, &arrow.to, Some(&index.to_string()))?;
        let points = edge.points.iter().map(|point| Point { x: point.x, y: point.y }).collect();
        let label = edge.x.zip(edge.y).map(|(x, y)| Point { x, y });
        Some((arrow, points, label))
    };
    let placed: Vec<_> = picture.arrows.iter().enumerate().filter_map(place).collect();
    between(shapes, placed)
}

/// Places a picture of many shapes, layer below layer in the order of the body. Arrows may cross, and lead
/// through shapes.
fn place_quickly<'a>(picture: &'a Picture, shapes: &mut [PlacedShape<'a>]) -> Vec<PlacedArrow<'a>> {
    let places: HashMap<_, _> = picture
        .shapes
        .iter()
        .enumerate()
        .map(|(index, shape)| (shape.id.as_str(), index))
        .collect();
    let mut layers = vec![0_usize; shapes.len()];
    // In the order of the body, an arrow comes after those that lead to its beginning.
    for arrow in &picture.arrows {
        let (from, to) = (places[arrow.from.as_str()], places[arrow.to.as_str()]);
        layers[to] = layers[to].max(layers[from] + 1);
    }
    let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    layers
        .iter()
        .enumerate()
        .for_each(|(shape, layer)| rows.entry(*layer).or_default().push(shape));
    let mut y = 0.0;
    for row in rows.values() {
        let (mut x, mut height) = (0.0, 0.0_f64);
        for shape in row {
            let placed = &mut shapes[*shape];
            placed.at = Point { x, y };
            x += placed.width + GAP.x;
            height = height.max(placed.height);
        }
        y += height + 2.0 * GAP.y;
    }
    let place = |arrow: &'a Arrow| {
        let middle = |id: &str| {
            let PlacedShape { at, width, height, .. } = &shapes[places[id]];
            Point { x: at.x + width / 2.0, y: at.y + height / 2.0 }
        };
        let (from, to) = (middle(&arrow.from), middle(&arrow.to));
        let label = Point { x: f64::midpoint(from.x, to.x), y: f64::midpoint(from.y, to.y) };
        (arrow, vec![from, to], Some(label))
    };
    let placed = picture.arrows.iter().map(place).collect();
    between(shapes, placed)
}

/// Arrows that begin at the lower edge of a shape, and end at the upper edge of another.
fn between<'a>(
    shapes: &[PlacedShape<'a>],
    arrows: Vec<(&'a Arrow, Vec<Point>, Option<Point>)>,
) -> Vec<PlacedArrow<'a>> {
    let places: HashMap<_, _> =
        shapes.iter().map(|placed| (placed.shape.id.as_str(), placed)).collect();
    let within = |x: f64, shape: &PlacedShape<'_>| {
        let inset = (shape.width / 2.0).min(12.0);
        x.clamp(shape.at.x + inset, shape.at.x + shape.width - inset)
    };
    let place = |(arrow, mut points, label): (&'a Arrow, Vec<Point>, Option<Point>)| {
        let (start, end) = (places[arrow.from.as_str()], places[arrow.to.as_str()]);
        if let [first, .., last] = &mut points[..] {
            *first = Point { x: within(first.x, start), y: start.at.y + start.height };
            *last = Point { x: within(last.x, end), y: end.at.y };
        }
        let label = label.filter(|_| !arrow.label().is_empty());
        PlacedArrow { arrow, points, label }
    };
    arrows.into_iter().map(place).collect()
}

/// A shape with its size, which has no place yet.
fn sized(shape: &Shape) -> PlacedShape<'_> {
    let text = columns(&shape.label) * CHAR + 2.0 * PADDING;
    let (mut width, mut height, mut inside) = (text, LINE, None);
    match &shape.kind {
        ShapeKind::Parameter | ShapeKind::Output => height = 26.0,
        ShapeKind::Task => width = width.max(60.0),
        ShapeKind::Dag(nested) => {
            let placed = place_at(nested, Point { x: PADDING, y: TITLE }, PADDING);
            (width, height) = (text.max(placed.width), placed.height);
            inside = Some(placed);
        }
    }
    if shape.mapped {
        (width, height) = (width + 2.0 * STACK, height + 2.0 * STACK);
    }
    PlacedShape { shape, at: Point { x: 0.0, y: 0.0 }, width, height, inside }
}

fn graph_of(shapes: &[PlacedShape<'_>], arrows: &[Arrow]) -> Graph<NodeLabel, EdgeLabel> {
    let options = GraphOptions { directed: true, multigraph: true, compound: false };
    let mut graph = Graph::with_options(options);
    for PlacedShape { shape, width, height, .. } in shapes {
        let label = NodeLabel { width: *width, height: *height, ..NodeLabel::default() };
        graph.set_node(shape.id.as_str(), Some(label));
    }
    for (index, arrow) in arrows.iter().enumerate() {
        let text = arrow.label();
        let (width, height) = match text.is_empty() {
            true => (0.0, 0.0),
            false => (columns(&text) * CHAR + 8.0, LABEL),
        };
        let label = EdgeLabel { width, height, labelpos: LabelPos::Center, ..EdgeLabel::default() };
        graph.set_edge(
            arrow.from.as_str(),
            arrow.to.as_str(),
            Some(label),
            Some(&index.to_string()),
        );
    }
    graph
}
