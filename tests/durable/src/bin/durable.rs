//! `durable SHAPE N CHECKPOINT`: runs a dag with a checkpoint, with one thread for each kind of task, and
//! prints what it returns.

use std::process::ExitCode;

use dagger::{Inputs, Runtime};
use dagger_durable_tests::journal::{Point, come_to, write};
use dagger_durable_tests::shapes;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [shape, n, checkpoint] = &arguments[..] else { return ExitCode::FAILURE };
    let Some(dag) = shapes::dag_of(shape) else { return ExitCode::FAILURE };
    let runtime = Runtime::builder()
        .compute_threads(1)
        .checkpoint(checkpoint)
        .probe(|event| match event {
            dagger_runtime::DiskEvent::Kept => write("=kept"),
            _ => come_to(Point::Disk),
        })
        .build();
    let n: u64 = n.parse().expect("a number");
    let call = dagger::Call::by_name(&dag, Inputs::new().with("n", n));
    let tokio = tokio::runtime::Builder::new_current_thread().enable_time().build();
    match tokio.expect("a tokio runtime").block_on(runtime.run(call)) {
        Ok(outputs) => {
            for (_, value) in outputs.into_values() {
                let number = value.downcast_ref::<u64>();
                match (number, value.downcast_ref::<Vec<u64>>()) {
                    (Some(number), _) => println!("{number}"),
                    (_, Some(numbers)) => println!("{numbers:?}"),
                    _ => println!("?"),
                }
            }
            write("=end");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
