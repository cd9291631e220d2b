//! Bars, drawn anew in place.

use std::time::Duration;

use console::measure_text_width;
use dagger_core::EventKind;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::labels::Labels;
use super::lines::summary;
use super::look::{Look, Watched};
use super::text::{clock, cut, fitted, one_line};

/// How long a run goes on before it is drawn: a flicker says nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// The most lines.
const MOST: usize = 16;

/// Draws some lines on a terminal.
pub(super) struct Bars {
    target: Box<dyn Fn() -> ProgressDrawTarget + Send>,
    /// The width and the height.
    size: Box<dyn Fn() -> (usize, usize) + Send>,
    /// What is drawn, if something is: indicatif keeps the lines together.
    drawn: Option<ProgressBar>,
}

impl Bars {
    pub(super) fn new(term: impl TermLike + Clone + 'static) -> Self {
        let target = term.clone();
        // As often as it is asked to, which is not often.
        let target =
            move || ProgressDrawTarget::term_like_with_hz(Box::new(target.clone()), u8::MAX);
        let size = move || (usize::from(term.width()), usize::from(term.height()));
        Self { target: Box::new(target), size: Box::new(size), drawn: None }
    }

    pub(super) fn show(&mut self, runs: &mut [Watched], labels: &Labels) {
        let (width, height) = (self.size)();
        let most = MOST.min(height.saturating_sub(1)).max(1);
        let mut lines = Vec::new();
        for run in runs {
            if run.elapsed() >= PATIENCE {
                run.shown = Some(run.elapsed());
                self.news(run, labels);
                let looks = run.look(labels);
                lines.extend(lines_of(&run.dag, run.elapsed(), &looks, (width, most)));
            }
        }
        if !lines.is_empty() {
            lines.truncate(most);
            self.draw(&lines);
        }
    }

    /// What has failed since the last time stays on the screen.
    fn news(&mut self, run: &mut Watched, labels: &Labels) {
        let failures = labels.failures(run.number);
        for failure in failures.iter().skip(run.failures).filter(|failure| !failure.is_retried) {
            let drawn = self.drawn.get_or_insert_with(|| begin((self.target)()));
            drawn.println(one_line(&failure.line));
        }
        run.failures = failures.len();
    }

    fn draw(&mut self, lines: &[String]) {
        let drawn = self.drawn.get_or_insert_with(|| begin((self.target)()));
        let message = lines.join("\n");
        if drawn.message() != message {
            drawn.set_message(message);
        }
    }

    pub(super) fn end(&mut self, run: &mut Watched, end: &EventKind) {
        if run.shown.is_none() {
            return;
        }
        let looks = run.look(&Labels::default());
        let line = format!("{}: {}", run.dag, summary(end, run.elapsed(), &looks));
        if let Some(drawn) = self.drawn.take() {
            drawn.println(line);
            // What else runs is drawn again soon.
            drawn.finish_and_clear();
        }
    }
}

fn begin(target: ProgressDrawTarget) -> ProgressBar {
    let drawn = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{msg}") {
        drawn.set_style(style);
    }
    drawn
}

/// The lines of a run: one for each active node, and one for all of them.
fn lines_of(
    dag: &str,
    elapsed: Duration,
    looks: &[Look],
    (width, most): (usize, usize),
) -> Vec<String> {
    let active: Vec<_> = looks.iter().filter(|look| look.is_active()).collect();
    let shown = if active.len() < most { active.len() } else { most.saturating_sub(2) };
    let name = active.iter().take(shown).map(|look| measure_text_width(&look.node.address)).max();
    let name = name.unwrap_or_default().min((width / 4).max(13)).max(8);
    let mut lines: Vec<_> =
        active.iter().take(shown).map(|look| fitted(look, width, name)).collect();
    if shown < active.len() {
        lines.push(format!("… and {} more", active.len() - shown));
    }
    let done = looks.iter().filter(|look| look.is_done() && !look.is_nested()).count();
    let nodes = if done == 1 { "node" } else { "nodes" };
    let line = format!("{dag}: {}, {done} {nodes} done", clock(elapsed));
    lines.push(cut(&line, width));
    lines
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use indicatif::InMemoryTerm;

    use super::{Bars, Look, lines_of};
    use crate::observers::progress::text::tests::{look, named};

    fn looks() -> Vec<Look> {
        let names = ["Oslo", "Rome", "São Paulo"].map(str::to_owned);
        vec![
            look("list-cities", (1, 0, 1, 0, 0)),
            named(look("measure.fetch", (12_345, 120, 10_000, 3, 17)), &names, &["Atlantis"]),
            look("measure.parse-the-answers-of-all-of-them", (10_000, 8, 9_990, 0, 0)),
            look("publish", (1, 1, 0, 0, 0)),
        ]
    }

    /// What is on a terminal of this width.
    fn screen(width: u16) -> String {
        let term = InMemoryTerm::new(10, width);
        let mut bars = Bars::new(term.clone());
        bars.draw(&["what was there before".to_owned(), "and more".to_owned()]);
        let size = (usize::from(width), 9);
        bars.draw(&lines_of("survey", Duration::from_secs(83), &looks(), size));
        term.contents()
    }

    #[test]
    fn forty_columns() {
        assert_eq!(
            screen(40),
            "\
measure.fetch  10,003/12,345, 3 failed
…-all-of-them  9,990/10,000, 0:47 left
publish        0:20
survey: 1:23, 1 node done"
        );
    }

    #[test]
    fn eighty_columns() {
        assert_eq!(
            screen(80),
            "\
measure.fetch         ████░░  10,003/12,345, 120 running, 3 failed, 0:47 left
…wers-of-all-of-them  █████░  9,990/10,000, 8 running, 50/s, 0:47 left
publish               0:20
survey: 1:23, 1 node done"
        );
    }

    #[test]
    fn a_hundred_and_twenty_columns() {
        assert_eq!(
            screen(120),
            "\
measure.fetch                   ████████░░  10,003/12,345, 120 running, 3 failed, 0:47 left  \
             Oslo, Rome, São Paulo
…se-the-answers-of-all-of-them  █████████░  9,990/10,000, 8 running, 50/s, 0:47 left
publish                         0:20
survey: 1:23, 1 node done"
        );
    }

    #[test]
    fn of_more_nodes_than_fit_there_are_some_and_a_number() {
        let looks: Vec<_> = (0..30).map(|n| look(&format!("node-{n}"), (1, 1, 0, 0, 0))).collect();
        let lines = lines_of("wide", Duration::ZERO, &looks, (80, 5));
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[3], "… and 27 more");
        assert_eq!(lines_of("wide", Duration::ZERO, &looks[..4], (80, 5)).len(), 5);
    }
}
