//! No `.await` before `?`.

use dagger::{dag, task};

#[task]
async fn try_fetch(page: u64) -> Result<u64, std::io::Error> {
    Ok(page)
}

#[task]
fn double(n: u64) -> u64 {
    2 * n
}

#[dag]
async fn process(size: u64) -> Result<u64, std::io::Error> {
    let page = try_fetch(size)?;
    Ok(double(page))
}

fn main() {
    let _ = process::dag();
}
