#[dag]
fn f(n: u64) -> u64 {
    let mut out = Vec::new();
    for x in list(n) { out.
    }
    total(out)
}
