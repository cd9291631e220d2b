#[dag]
fn __dagger_f(__dagger_v0: u64, __dagger_v99: u64) -> u64 { let __dagger_h0 = g(__dagger_v99999999999999999999999); g(__dagger_v7.__dagger_whole.__dagger_whole, __dagger_h0.0) }
