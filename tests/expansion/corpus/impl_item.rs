#[task]
impl<T> A for B { fn f() {} }
