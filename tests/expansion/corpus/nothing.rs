#[dag]
