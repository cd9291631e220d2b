#[dag]
fn f(n: u64) -> u64 { ;;; for x in g(n) { ; h(x);; }; ; {}; (); g(n) }
