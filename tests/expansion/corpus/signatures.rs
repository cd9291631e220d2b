#[task]
default pub(crate) const async unsafe extern "C" fn Überlang_naïve<'a, const N: usize, T: ?Sized + for<'b> Fn(&'b T) -> &'b T = u64>(self: &mut Self, mut x: impl Trait + 'a, _: &mut dyn A, (a, b): [T; { N + 1 }], ref c @ Some(_): fn(&u64) -> &u64, ...) -> impl Iterator<Item = &'a T> + use<'a, T> where [(); N]: , { }
