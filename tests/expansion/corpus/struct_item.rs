#[dag]
pub struct S<fn> { a: u64 }
