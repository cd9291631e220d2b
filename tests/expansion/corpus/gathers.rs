#[dag]
fn f(n: u64) -> (u64, S) {
    let (a, (_, (b,)), ..) = g([n; 3]);
    let [c, d @ ..] = g((n,)); let S { x, y: ref z, .. } = g(S { n, ..n }); let &(mut e) = g(&mut n); let i | j = g(n); let _ = g(n); let () = g(n); let 1 = g(n); let k: u64;
    (a, S { 0: b, x: g(a)..g(b), ..d })
}
