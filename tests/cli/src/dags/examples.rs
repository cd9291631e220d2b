//! The dags of the examples.

use crate::Case;

/// The text of an example, as the build script has prepared it.
macro_rules! example {
    ($file:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $file));
    };
}

#[allow(dead_code, reason = "a program, of which only the dag is needed")]
mod country {
    use crate::{Case, case};

    pub(super) fn cases() -> [Case; 1] {
        [case!(country_report(needed = 4_usize))]
    }

    example!("country_report.rs");
}

#[allow(dead_code, reason = "a program, of which only the dag is needed")]
mod delivery {
    use crate::{Case, case};

    fn orders() -> PathBuf {
        let directory = env::temp_dir().join("dagger-delivery-times");
        orders_file(&directory, 2_000).expect("the file can be written")
    }

    pub(super) fn cases() -> [Case; 1] {
        [case!(
            delivery_times as "delivery_times",
            (path = orders(), chunks = 7_u64),
            delivery_times(orders(), 7).expect("the dag succeeds")
        )]
    }

    example!("delivery_times.rs");
}

#[allow(dead_code, reason = "a program, of which only the dag is needed")]
mod model {
    use crate::{Case, case};

    pub(super) fn cases() -> [Case; 1] {
        [case!(
            pick_best_model as "pick_best_model",
            (seed = 2004_u64),
            pick_best_model(2004).expect("the dag succeeds")
        )]
    }

    example!("pick_best_model.rs");
}

#[allow(dead_code, reason = "a program, of which only the dag is needed")]
mod names {
    use crate::{Case, case};

    pub(super) fn cases() -> [Case; 1] {
        [case!(longest_name())]
    }

    example!("opentelemetry.rs");
}

#[allow(dead_code, reason = "a program, of which only the dag is needed")]
mod powers {
    use crate::{Case, case};

    pub(super) fn cases() -> [Case; 1] {
        [case!(
            sum_of_powers as "sum_of_powers",
            (count = 11_u64, exponent = 2_u32),
            sum_of_powers(11, 2).expect("the dag succeeds")
        )]
    }

    example!("sum_of_powers_main.rs");
}

/// The cases.
#[must_use]
pub fn cases() -> Vec<Case> {
    let all = [country::cases(), delivery::cases(), model::cases(), names::cases()];
    all.into_iter().chain([powers::cases()]).flatten().collect()
}
