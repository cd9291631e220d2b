//! `.await` on a name.

use dagger::{dag, task};

#[task]
async fn fetch(size: u64) -> Result<u64, std::io::Error> {
    Ok(size)
}

#[task]
fn measure(size: u64) -> u64 {
    size + 1
}

#[dag]
async fn process(size: u64) -> Result<u64, std::io::Error> {
    let future = fetch(size);
    let fetched = future.await?;
    Ok(measure(fetched))
}

fn main() {
    drop(process(3));
    let _ = process::call(3).run_blocking();
}
