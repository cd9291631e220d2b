#[task(concurrency, concurrency = "4", concurrency = -1, concurrency = 99999999999999999999999, concurrency(4), crate = 1, crate = a::<b>::c, crate = <a as b>::c, ::x = 2, a::b, ,)]
fn f() {}
