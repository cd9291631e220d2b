#[r#dag]
r#fn r#type(r#in: r#struct) -> r#Vec { r#for(r#in) }
