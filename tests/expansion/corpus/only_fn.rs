#[dag]
fn
