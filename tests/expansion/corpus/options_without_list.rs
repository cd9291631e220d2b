#[task(= , ; fn { } 'a )]
fn f() {}
