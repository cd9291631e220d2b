#[dag]
fn f(n: u64, width: usize) -> u64 {
    g(format!("{a b}"), format!("{fn}"), format!("{r#n}"), format!("{n:width$.*}"), format!("{self}"), format!("{_}"), format!("{n"), format!("}{n:}{"), format!(r#"{n"}"#), format!(b"{n}"), format!(n), format!("{é} {n\u{301}} {n:1$}", n = n), format!("{1a}{a-b}{a.b}{ n }{crate}{Self}"))
}
