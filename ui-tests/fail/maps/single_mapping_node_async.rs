//! Three async steps for each partition, with `.await?` and further arguments.

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
async fn mirror(count: u32, host: String, folder: String) -> Result<usize, std::io::Error> {
    let mut sizes = Vec::new();
    for page in list_pages(count) {
        let text = fetch(page, &host).await?;
        let size = store(text, &folder).await?;
        sizes.push(announce(size).await);
    }
    Ok(sum(sizes))
}

#[dag]
async fn weekly(count: u32, host: String, folder: String) -> Result<usize, std::io::Error> {
    mirror(count, host, folder).await
}

fn main() {
    let (host, folder) = (String::new(), String::new());
    drop(mirror(3, host.clone(), folder.clone()));
    let _ = mirror::call(3, host.clone(), folder.clone()).run_blocking();
    let _ = mirror::builder().host(host.clone()).folder(folder.clone()).count(3).call();
    let _ = mirror::dag();
    let _ = weekly::call(3, host, folder);
}
