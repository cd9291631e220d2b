//! `.await` and `?` on the call.

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
    let fetched = fetch(size).await?;
    Ok(measure(fetched))
}

pub fn main() {
    process::call(4).run_blocking().unwrap();
}
