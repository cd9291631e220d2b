#[dag]
fn f(n: , m) -> { g(n) }
