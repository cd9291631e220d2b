#[dag]
some::macro! { fn f() {} }
