//! SVG 1.1: <https://www.w3.org/TR/SVG11/>, with colours for light and dark.

mod layout;

use std::fmt::Write as _;

use layout::{CHAR, Placed, PlacedArrow, PlacedShape, Point, STACK, TITLE, columns, place};

use super::picture::{self, How, ShapeKind, draw};
use crate::graph::Dag;

/// The colours; where the picture is a part of a page, that may have others.
const STYLE: &str = "\
.dagger{--ground:#fff;--box:#f6f8fa;--fill:#fff;--line:#57606a;--ink:#1f2328;--soft:#6e7781;\
--value:#ddf4ff;--result:#dafbe1}\
@media (prefers-color-scheme:dark){.dagger{--ground:#0d1117;--box:#161b22;--fill:#21262d;\
--line:#8b949e;--ink:#e6edf3;--soft:#9198a1;--value:#0c2d4b;--result:#0f3b1e}}\
.dagger .ground{fill:var(--ground)}\
.dagger rect{stroke:var(--line);fill:var(--fill)}\
.dagger .parameter>rect{fill:var(--value);stroke:none}\
.dagger .output>rect{fill:var(--result);stroke:none}\
.dagger .dag>rect{fill:var(--box)}\
.dagger .ground,.dagger .paper{stroke:none}\
.dagger .paper{fill:var(--ground)}\
.dagger .box .paper{fill:var(--box)}\
.dagger text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:var(--ink)}\
.dagger .arrow text{fill:var(--soft);font-size:11px}\
.dagger path{fill:none;stroke:var(--line)}\
.dagger marker path{fill:var(--line);stroke:none}";

/// Where the branches of an arrow are.
const SPREAD: [f64; 3] = [-9.0, 0.0, 9.0];
/// How high they are.
const BRANCH: f64 = 14.0;

pub(crate) fn render(dag: &Dag) -> String {
    let picture = draw(dag);
    let placed = place(&picture);
    let (width, height) = (number(placed.width), number(placed.height));
    let name = escape(dag.name());
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dagger\" role=\"img\" \
         width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <title>{name}</title>\n<style>{STYLE}</style>\n\
         <defs><marker id=\"dagger-tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0.8 8 4 0 7.2z\"/></marker></defs>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n"
    );
    write(&placed, "", &mut text);
    text.push_str("</svg>\n");
    text
}

/// Writes a dag, whose address and a dot are in front of those of its nodes.
fn write(placed: &Placed<'_>, within: &str, text: &mut String) {
    for arrow in &placed.arrows {
        write_arrow(arrow, text);
    }
    for shape in &placed.shapes {
        write_shape(shape, within, text);
    }
}

fn write_shape(placed: &PlacedShape<'_>, within: &str, text: &mut String) {
    let PlacedShape { shape, at, width, height, inside } = placed;
    let kind = match &shape.kind {
        ShapeKind::Parameter => "parameter",
        ShapeKind::Task => "task",
        ShapeKind::Dag(_) => "dag",
        ShapeKind::Output => "output",
    };
    let each = if shape.mapped { " each" } else { "" };
    let _ = write!(text, "<g id=\"{}\" class=\"{kind}{each}\"", shape.id);
    if matches!(shape.kind, ShapeKind::Task | ShapeKind::Dag(_)) {
        let _ = write!(text, " data-node=\"{}{}\"", escape(within), escape(&shape.label));
    }
    text.push_str(">\n");
    // What runs for each partition stands before copies of itself.
    let copies = if shape.mapped { 2_u8 } else { 0 };
    let (width, height) =
        (width - 2.0 * STACK * each_of(shape.mapped), height - 2.0 * STACK * each_of(shape.mapped));
    let radius =
        if matches!(shape.kind, ShapeKind::Parameter | ShapeKind::Output) { 13.0 } else { 6.0 };
    for copy in (0..=copies).rev() {
        let x = at.x + STACK * f64::from(copy);
        let y = at.y + STACK * f64::from(copies - copy);
        let _ = writeln!(
            text,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
            number(x),
            number(y),
            number(width),
            number(height),
            number(radius),
        );
    }
    let (x, y) = (at.x, at.y + STACK * f64::from(copies));
    let label = escape(&shape.label);
    match inside {
        None => {
            let (x, y) = (number(x + width / 2.0), number(y + height / 2.0 + 4.0));
            let _ =
                writeln!(text, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{label}</text>");
        }
        Some(inside) => {
            let (title_x, title_y) = (number(x + 14.0), number(y + TITLE - 10.0));
            let _ = writeln!(text, "<text x=\"{title_x}\" y=\"{title_y}\">{label}</text>");
            let _ = writeln!(
                text,
                "<g class=\"box\" transform=\"translate({} {})\">",
                number(x),
                number(y)
            );
            write(inside, &format!("{within}{}.", shape.label), text);
            text.push_str("</g>\n");
        }
    }
    text.push_str("</g>\n");
}

fn each_of(mapped: bool) -> f64 {
    if mapped { 1.0 } else { 0.0 }
}

/// An arrow that fans out has several ends, one that fans in has several beginnings.
fn write_arrow(placed: &PlacedArrow<'_>, text: &mut String) {
    let how = match placed.arrow.how {
        How::Whole => "arrow",
        How::Each => "arrow fan-out",
        How::All => "arrow fan-in",
    };
    let _ = writeln!(text, "<g class=\"{how}\">");
    let [first, .., last] = placed.points[..] else { return };
    let aside = |point: Point, by: f64| Point { x: point.x + by, ..point };
    match placed.arrow.how {
        How::Whole => write_path(&placed.points, true, text),
        How::Each => {
            let fork = Point { y: last.y - BRANCH, ..last };
            let mut trunk = placed.points.clone();
            trunk.pop();
            trunk.push(fork);
            write_path(&trunk, false, text);
            SPREAD.into_iter().for_each(|by| write_branch(fork, aside(last, by), true, text));
        }
        How::All => {
            let (join, mut trunk) = (Point { y: first.y + BRANCH, ..first }, placed.points.clone());
            trunk[0] = join;
            SPREAD.into_iter().for_each(|by| write_branch(aside(first, by), join, false, text));
            write_path(&trunk, true, text);
        }
    }
    if let Some(Point { x, y }) = placed.label {
        let label = placed.arrow.label();
        let width = columns(&label) * CHAR;
        let _ = writeln!(
            text,
            "<rect class=\"paper\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\"/>\n\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            number(x - width / 2.0),
            number(y - 7.0),
            number(width),
            number(x),
            number(y + 4.0),
            escape(&label),
        );
    }
    text.push_str("</g>\n");
}

fn middle(a: Point, b: Point) -> Point {
    Point { x: f64::midpoint(a.x, b.x), y: f64::midpoint(a.y, b.y) }
}

/// A line through points, which is rounded at all but the ends.
fn write_path(points: &[Point], has_tip: bool, text: &mut String) {
    let [first, rest @ ..] = points else { return };
    let mut path = format!("M{} {}", number(first.x), number(first.y));
    for (index, point) in rest.iter().enumerate() {
        let _ = match rest.get(index + 1) {
            None => write!(path, "L{} {}", number(point.x), number(point.y)),
            Some(next) => {
                let to = middle(*point, *next);
                let [x, y, to_x, to_y] = [point.x, point.y, to.x, to.y].map(number);
                write!(path, "Q{x} {y} {to_x} {to_y}")
            }
        };
    }
    write_curve(&path, has_tip, text);
}

/// A branch of an arrow, which begins and ends upright.
fn write_branch(from: Point, to: Point, has_tip: bool, text: &mut String) {
    let half = f64::midpoint(from.y, to.y);
    let [x, y, half, to_x, to_y] = [from.x, from.y, half, to.x, to.y].map(number);
    write_curve(&format!("M{x} {y}C{x} {half} {to_x} {half} {to_x} {to_y}"), has_tip, text);
}

fn write_curve(path: &str, has_tip: bool, text: &mut String) {
    let tip = if has_tip { " marker-end=\"url(#dagger-tip)\"" } else { "" };
    let _ = writeln!(text, "<path d=\"{path}\"{tip}/>");
}

/// A coordinate, with one decimal at most.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// The text of elements and attributes.
fn escape(text: &str) -> String {
    picture::escape(text, &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;")])
}

#[cfg(test)]
mod tests {
    use super::{escape, number};

    #[test]
    fn a_text_is_no_markup() {
        assert_eq!(
            escape("<a b=\"c\">&amp;</a>\u{0}"),
            "&lt;a b=&quot;c&quot;&gt;&amp;amp;&lt;/a&gt;\u{fffd}"
        );
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([1.0, 1.25, -0.01, 1234.56].map(number), ["1", "1.2", "0", "1234.6"]);
    }
}
