#[dag]
fn $name($($p:ident: $t:ty),*) -> $r { $($body)* }
