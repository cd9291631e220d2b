//! The async steps for each partition in a dag of their own, which is awaited in the loop.

use dagger::{dag, task};

#[task]
fn list_pages(count: u32) -> Vec<u32> {
    (0..count).collect()
}

#[task]
async fn fetch(page: u32, host: &str) -> Result<String, std::io::Error> {
    Ok(format!("{host}/{page}"))
}

#[task]
async fn store(text: String, folder: &str) -> Result<usize, std::io::Error> {
    Ok(text.len() + folder.len())
}

#[task]
async fn announce(size: usize) -> usize {
    size
}

#[task]
fn sum(sizes: Vec<usize>) -> usize {
    sizes.into_iter().sum()
}

#[dag]
async fn fetch_and_store(
    page: u32,
    host: String,
    folder: String,
) -> Result<usize, std::io::Error> {
    let text = fetch(page, &host).await?;
    let size = store(text, &folder).await?;
    Ok(announce(size).await)
}

#[dag]
async fn mirror(count: u32, host: String, folder: String) -> Result<usize, std::io::Error> {
    let mut sizes = Vec::new();
    for page in list_pages(count) {
        sizes.push(fetch_and_store(page, host.clone(), folder.clone()).await?);
    }
    Ok(sum(sizes))
}

pub fn main() {
    let call = mirror::call(3, "h".to_owned(), "f".to_owned());
    assert_eq!(call.run_blocking().unwrap(), 12);
}
