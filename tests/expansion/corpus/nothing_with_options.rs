#[task(concurrency = 0)]
