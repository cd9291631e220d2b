#[dag]
async fn f(n: u64) -> Result<Vec<u64>, E> {
    let a: Vec<_> = g(n).iter().cloned().copied().rev().map(h).collect::<Result<Vec<_>, _>>()??;
    let b = join_all(g(n).into_iter().map(|x: u64| async move { h(x).await })).await.await;
    let c = try_join_all(join_all(g(n).map(|| h()))).await;
    let d = g(n).map(|(x, y), z| { h(x); i(y) }).map(|x| x).collect();
    let e = (((g(n)))).map((h)).collect::<>();
    for (x, _) in &mut &&a.0.b[1..] { let y = h(x); b.c.push(y); b.push(); b.push(1, 2); push(b); }
    for _ in (g(n),) { for x in y { { h(x) } } }
    for x in g(n).iter().zip(a).enumerate() { let mut y = h(x)?; y += 1; y = h(y); continue; }
    Ok(Ok((a, b)))
}
