#[dag]
fn r#type(r#in: u64) -> u64 { let r#let = r#fn(r#in); r#match(r#let, format!("{in}")) }
