#[dag]
fn f(n: u64) -> u64 {
    let a = self(n); let b = super(n); let c = crate(n); let d = ::g(n); let e = super::self(n); let g = Self::h(n);
    let h = <u64>::i(n); let j = <u64 as T>::k::<{ 1 }>(n); let l = a::<u64>::b::<'static, _, 3>(n); let m = $crate::n(n);
    let o = (p)(n); let q = r()(n); let s = (|x| x)(n); let t = u!()(n); let v = w[0](n); let x = y.z(n); let _ = async(n);
    self::a(f::f(r#f(f(n))))
}
