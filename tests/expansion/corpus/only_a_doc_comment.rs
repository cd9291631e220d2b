#[task]
///
