#[dag]
fn f() {} {}
