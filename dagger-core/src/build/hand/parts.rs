//! Values that are taken apart.

use super::handle::Handle;
use crate::exec::value::Boxed;

/// A tuple of `N` parts that a value is taken apart into: see
/// [`DagBuilder::split`](super::DagBuilder::split).
pub trait PartsOf<const N: usize> {
    /// A handle for each part.
    type Handles;

    #[doc(hidden)]
    fn handles(builder: u32, next: &mut dyn FnMut() -> u32) -> Self::Handles;
    #[doc(hidden)]
    fn into_parts(self) -> Vec<Boxed>;
}

macro_rules! parts {
    ($($length:literal: $($part:ident $index:tt)*;)*) => {$(
        impl<$($part: Send + 'static),*> PartsOf<$length> for ($($part,)*) {
            type Handles = ($(Handle<$part>,)*);

            fn handles(builder: u32, next: &mut dyn FnMut() -> u32) -> Self::Handles {
                ($(Handle::<$part>::new(builder, next()),)*)
            }

            fn into_parts(self) -> Vec<Boxed> {
                vec![$(Box::new(self.$index)),*]
            }
        }
    )*};
}

parts! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}
