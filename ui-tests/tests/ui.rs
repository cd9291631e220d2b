use {anyhow as _, dagger as _, futures as _, tokio as _};
