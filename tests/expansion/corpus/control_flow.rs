#[dag]
fn f(n: u64) -> u64 {
    if let Some(x) = g(n) && h(x) { return 1; } else if n { } else { loop {} }
    while let x = g(n) { break 'a 1; }
    match g(n) { 1 | 2 if h(n) => {}, _ => unsafe { g(n) } }
    let x = if n { 1 } else { 2 }; let Some(y) = g(n) else { return }; let z = try { g(n)? }; const { g(n) }; static || 1; gen { yield 1 }; do yeet 1; become g(n);
    return
}
