#[dag]
fn f(n: u64) -> u64 {
    use a::b; struct S; #[dag] fn f(n: u64) -> u64 { f(n) } impl S { fn g(self) {} } macro_rules! m { ($($t:tt)*) => { $($t)* } } const X: u64 = 1; mod m { }
    m! { f(n) } m!(1); m![2]
}
