//! Lines, as in a log.

use std::io::Write;
use std::time::Duration;

use dagger_core::EventKind;

use super::labels::Labels;
use super::look::{Look, Watched};
use super::text::{clock, one_line, whole};

/// How long a run goes on before it is worth a line, where nobody asked for lines.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// How often each active node has a line.
const EVERY: Duration = Duration::from_secs(5);

/// How many lines of one kind come at once.
const MOST: usize = 20;

pub(super) struct Lines {
    to: Box<dyn Write + Send>,
    /// How long a run goes on before there is anything to see.
    patience: Duration,
}

impl Lines {
    pub(super) fn new(to: impl Write + Send + 'static, patience: Duration) -> Self {
        Self { to: Box::new(to), patience }
    }

    pub(super) fn begin(&mut self, run: &Watched) {
        if self.patience.is_zero() {
            self.write(run, &["started".to_owned()]);
        }
    }

    pub(super) fn show(&mut self, run: &mut Watched, labels: &Labels) {
        let now = run.elapsed();
        if now < self.patience {
            return;
        }
        let looks = run.look(labels);
        self.news(run, &looks, labels);
        if run.shown.is_none_or(|shown| now.saturating_sub(shown) >= EVERY) {
            let is_first = run.shown.replace(now).is_none();
            let active = looks.iter().filter(|look| look.is_active());
            // When a run begins, there is nothing to say of its nodes yet.
            if !(is_first && self.patience.is_zero()) {
                self.some(run, active.map(whole).collect());
            }
        }
    }

    pub(super) fn end(&mut self, run: &mut Watched, labels: &Labels, end: &EventKind) {
        let now = run.elapsed();
        if now < self.patience {
            return;
        }
        let looks = run.look(labels);
        self.news(run, &looks, labels);
        self.write(run, &[summary(end, now, &looks)]);
    }

    /// What has failed, and which nodes are done, since the last time.
    fn news(&mut self, run: &mut Watched, looks: &[Look], labels: &Labels) {
        let failures = labels.failures(run.number);
        let new = failures.iter().skip(run.failures).map(|failure| failure.line.clone());
        let mut lines: Vec<_> = new.collect();
        let known = failures.len() + labels.more_failures(run.number);
        let unknown = known.saturating_sub(failures.len().max(run.failures));
        if unknown > 0 {
            lines.push(format!("{unknown} more failures and retries"));
        }
        run.failures = known;
        self.some(run, lines);
        let is_new = |look: &&Look| {
            look.is_done() && !look.is_nested() && !run.done.contains(&look.node.address)
        };
        let done: Vec<_> = looks.iter().filter(is_new).collect();
        let lines = done.iter().map(|look| whole(look)).collect();
        run.done.extend(done.iter().map(|look| look.node.address.clone()));
        self.some(run, lines);
    }

    /// So many of these lines, and how many more there are.
    fn some(&mut self, run: &Watched, mut lines: Vec<String>) {
        if lines.len() > MOST {
            let more = lines.len() - MOST;
            lines.truncate(MOST);
            lines.push(format!("… and {more} more"));
        }
        self.write(run, &lines);
    }

    fn write(&mut self, run: &Watched, lines: &[String]) {
        let time = clock(run.elapsed());
        for line in lines {
            // Nobody may be there to read it.
            let _ = writeln!(self.to, "[{time}] {}: {}", run.dag, one_line(line));
        }
        let _ = self.to.flush();
    }
}

/// How a run has ended.
pub(super) fn summary(end: &EventKind, time: Duration, looks: &[Look]) -> String {
    let how = match end {
        EventKind::Finished => "finished",
        EventKind::Cancelled => "was cancelled",
        _ => "failed",
    };
    // What happens to a call in a nested dag happens to the calls around it as well.
    let is_task =
        |(at, look): &(usize, &Look)| looks.get(at + 1).is_none_or(|next| !next.is_within(look));
    let tasks: Vec<_> = looks.iter().enumerate().filter(is_task).map(|(_, look)| look).collect();
    let sum = |of: fn(&Look) -> usize| tasks.iter().map(|look| of(look)).sum::<usize>();
    let mut text = format!("{how} after {}", clock(time));
    for (count, what) in
        [(sum(|look| look.node.failed), "failed"), (sum(|look| look.node.retried), "retried")]
    {
        if count > 0 {
            text = format!("{text}, {count} {what}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use dagger_core::EventKind;

    use super::summary;
    use crate::observers::progress::text::tests::look;

    #[test]
    fn a_failure_in_a_nested_dag_counts_once() {
        let looks = [
            look("country", (6, 0, 4, 2, 0)),
            look("country.read", (6, 0, 5, 1, 3)),
            look("country.parse", (5, 0, 4, 1, 0)),
            look("country-of-all", (1, 0, 0, 1, 0)),
        ];
        let end = EventKind::Failed { error: None };
        let summary = summary(&end, Duration::from_secs(7), &looks);
        assert_eq!(summary, "failed after 0:07, 3 failed, 3 retried");
    }
}
