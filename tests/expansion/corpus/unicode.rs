#[dag]
fn f(größe: u64, 数: u64) -> u64 { let übung = liste(größe, 'ß', "ß\u{0}"); summe(übung, format!("{größe}{数}")) }
