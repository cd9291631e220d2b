#[dag]
fn f(n: ty!(u64), #[default(lit!(1))] m: u64) -> ret![] {
    let pat!(x) = g(vec![n; m], format!("{n}{}", h!()), vec!(n,), format![], matches!(n, 1));
    for x in g!(n) { out!(x); }
    g(concat!("a", "b"), stringify!({ [ ( ) ] }), x!{})
}
