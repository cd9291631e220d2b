#[dag]
fn f<'a, 'b: 'a>(x: &'a str, y: &'_ [&'static str]) -> &'a str where 'a: 'b, for<'c> &'c str: Sized {
    'label: for x in g(x) { h::<'a>(x) }
    loop { break 'label }
}
